import { randomUUID } from "node:crypto";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";

interface Queued {
  readonly id: string;
  readonly body: unknown;
  claim: string | null;
}

/** As much of Zaqar's API as receivers use, in memory; the real one is tried by `npm run test:peers -- zaqar`. */
export interface FakeZaqar {
  readonly url: string;
  /** Messages that nobody has deleted, by queue. */
  waiting(queue: string): readonly unknown[];
  put(queue: string, ...bodies: unknown[]): void;
  /** Ends all claims, as time does. */
  expireClaims(): void;
  /** Answers everything with this status from now on; `null`: as it should. */
  answer(status: number | null): void;
  close(): Promise<void>;
}

export async function startFakeZaqar(): Promise<FakeZaqar> {
  const queues = new Map<string, Queued[]>();
  let forced: number | null = null;
  const put = (queue: string, ...bodies: unknown[]) => {
    const more = bodies.map((body) => ({ id: randomUUID().replaceAll("-", ""), body, claim: null }));
    queues.set(queue, [...(queues.get(queue) ?? []), ...more]);
  };
  const server = createServer((request, response) => {
    let text = "";
    request.on("data", (chunk) => (text += String(chunk)));
    request.on("end", () => {
      const { pathname, searchParams } = new URL(request.url ?? "", "http://zaqar");
      const [, , , queue = "", kind, id] = pathname.split("/");
      const messages = queues.get(queue) ?? [];
      const say = (status: number, body?: object) => {
        response.writeHead(status, { "content-type": "application/json" });
        response.end(body === undefined ? undefined : JSON.stringify(body));
      };
      if (forced !== null) return say(forced);
      switch (`${request.method} ${kind ?? ""}`) {
        case "PUT ":
          queues.set(queue, messages);
          return say(201);
        case "POST messages":
          put(queue, ...JSON.parse(text).messages.map(({ body }: { body: unknown }) => body));
          return say(201, { resources: [] });
        case "POST claims": {
          const claim = randomUUID();
          const limit = Number(searchParams.get("limit"));
          const free = messages.filter((one) => one.claim === null).slice(0, limit);
          for (const one of free) one.claim = claim;
          if (free.length === 0) return say(204);
          const shown = free.map((one) => ({
            id: one.id,
            body: one.body,
            href: `/v2/queues/${queue}/messages/${one.id}?claim_id=${claim}`,
          }));
          return say(201, { messages: shown });
        }
        case "DELETE messages":
          queues.set(
            queue,
            messages.filter((one) => one.id !== id || one.claim !== searchParams.get("claim_id")),
          );
          return say(204);
        case "DELETE claims":
          for (const one of messages) if (one.claim === id) one.claim = null;
          return say(204);
        default:
          return say(404);
      }
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    waiting: (queue) => (queues.get(queue) ?? []).map(({ body }) => body),
    put,
    expireClaims() {
      for (const messages of queues.values()) for (const one of messages) one.claim = null;
    },
    answer(status) {
      forced = status;
    },
    close: () => new Promise((resolve) => server.close(() => resolve())),
  };
}
