import { Agent } from "undici";
import { HostFailure } from "../plugin-host.ts";
import { type Capability, ownerOf } from "./broker-call.ts";
import type { BrokerSettings } from "./broker-settings.ts";
import { requireGrant } from "./grants.ts";
import { exchange, withoutQuery } from "./http-exchange.ts";
import { badRequest, checkRequest } from "./http-request.ts";
import { shown } from "./shown.ts";
import type { Streams } from "./streams.ts";

const kept = 256;

/** `host.socket`: HTTP over a granted unix socket, named by its absolute path. */
export function socketCapability(
  settings: BrokerSettings,
  streams: Streams,
): Capability & { close(): Promise<void> } {
  const agents = new Map<string, Agent>();
  const agentOf = (owner: string, path: string): Agent => {
    const name = `${owner} ${path}`;
    const known = agents.get(name);
    if (known !== undefined) return known;
    const [oldest] = agents;
    if (agents.size >= kept && oldest !== undefined) {
      void oldest[1].close();
      agents.delete(oldest[0]);
    }
    const made = new Agent({
      connections: 32,
      pipelining: 1,
      keepAliveTimeout: 4000,
      connect: { socketPath: path },
    });
    agents.set(name, made);
    return made;
  };
  return {
    limited: true,
    target(input) {
      const { path, request } = (input ?? {}) as {
        path?: unknown;
        request?: { method?: unknown; url?: unknown };
      };
      return `${shown(path, 200)} ${shown(request?.method, 10)} ${withoutQuery(shown(request?.url, 4000))}`;
    },
    async run(call, input) {
      const { path, request } = (input ?? {}) as { path?: unknown; request?: unknown };
      const q = checkRequest(request);
      if (typeof path !== "string" || !path.startsWith("/"))
        throw new HostFailure("the socket must be an absolute path", {
          code: "bad-request",
          retryable: false,
        });
      if (!/^\/[^\s]*$/.test(q.url))
        throw new HostFailure(`${withoutQuery(q.url)} must start with / on a socket`, {
          code: "bad-request",
          retryable: false,
        });
      if ((q.auth ?? q.tls) !== undefined) throw badRequest("a socket knows neither auth nor tls");
      requireGrant(call, "socket", path);
      return exchange({
        dispatcher: agentOf(ownerOf(call), path),
        origin: "http://socket",
        path: q.url,
        q,
        call,
        streams,
        bodyBytes: settings.bodyBytes,
      });
    },
    async close() {
      await Promise.all([...agents.values()].map((agent) => agent.destroy()));
    },
  };
}
