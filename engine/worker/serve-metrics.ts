import { createServer } from "node:http";
import { isIP } from "node:net";
import { collectDefaultMetrics, Registry } from "prom-client";
import type { PluginHost } from "../host/plugin-host.ts";

/** Where a worker's figures can be asked for. */
export interface MetricsAddress {
  readonly host: string;
  readonly port: number;
}

/**
 * Reads `COPPICE_METRICS`: `127.0.0.1:9464`, or a port alone. Only this machine may ask: figures name plugins and projects, and
 * there is no log-in. Throws for anything else; `null` when it is not set.
 */
export function readMetricsAddress(env: NodeJS.ProcessEnv): MetricsAddress | null {
  const text = env["COPPICE_METRICS"] ?? "";
  if (text === "") return null;
  const [, given = "127.0.0.1", digits = ""] = /^(?:\[?([^\]]+)\]?:)?([0-9]{1,5})$/.exec(text) ?? [];
  const host = given === "localhost" ? "127.0.0.1" : given;
  const port = Number(digits);
  const loopback = host === "::1" || (isIP(host) === 4 && host.startsWith("127."));
  if (digits !== "" && port <= 65_535 && loopback) return { host, port };
  throw new Error(
    `COPPICE_METRICS is "${text}"; write an address of this machine alone, such as 127.0.0.1:9464 (let a proxy stand in front for others)`,
  );
}

/** Serves `GET /metrics` for Prometheus: this process, its plugin host, and what plugins count. */
export async function serveMetrics(
  { host: address, port }: MetricsAddress,
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
    server.listen(port, address, resolve);
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
