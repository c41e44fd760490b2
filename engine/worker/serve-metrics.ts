import { createServer } from "node:http";
import { collectDefaultMetrics, Registry } from "prom-client";
import type { PluginHost } from "../host/plugin-host.ts";

/**
 * Serves `GET /metrics` for Prometheus: this process, its plugin host, and what plugins count. Only this machine may ask: figures
 * name plugins and projects, and there is no log-in.
 */
export async function serveMetrics(
  port: number,
  host: Pick<PluginHost, "metrics">,
): Promise<{ readonly port: number; close(): Promise<void> }> {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  const server = createServer((request, response) => {
    if (request.method !== "GET" || request.url?.split("?")[0] !== "/metrics") {
      response.writeHead(404, { "content-type": "text/plain" }).end("there is GET /metrics\n");
      return;
    }
    Promise.all([registry.metrics(), host.metrics()]).then(
      (texts) => response.writeHead(200, { "content-type": registry.contentType }).end(texts.join("\n")),
      () => response.writeHead(500).end(),
    );
  });
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(port, "127.0.0.1", resolve);
  });
  return {
    port: (server.address() as { port: number }).port,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
