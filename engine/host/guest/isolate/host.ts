import type { Json } from "../../../../plugins/sdk/driver.ts";
import type { AmqpMessage, CommandResult, Host, HttpResponse } from "../../../../plugins/sdk/host.ts";
import { request, tell } from "./wires.ts";

const { parse } = JSON;

const lineAtMost = 8 * 1024;
const linesAtMost = 10_000;

/** The `host` argument of one call. It works as long as the call does. */
export function hostFor(call: number, settings: Readonly<Record<string, Json>>): Host {
  let lines = 0;
  const line = (text: string): string | undefined => {
    lines += 1;
    if (lines > linesAtMost) return undefined;
    return lines === linesAtMost
      ? "(more lines than a call may write: the rest is left out)"
      : String(text).slice(0, lineAtMost);
  };
  return Object.freeze<Host>({
    settings,
    http: async (q) => withJson(await request(call, "http", q)),
    socket: async (path, q) => withJson(await request(call, "socket", { path, request: q })),
    command: (q) => request(call, "command", q) as Promise<unknown> as Promise<CommandResult>,
    ssh: (q) => request(call, "ssh", q) as Promise<unknown> as Promise<CommandResult>,
    amqp: Object.freeze<Host["amqp"]>({
      publish: async (q) => void (await request(call, "amqp", { do: "publish", ...q })),
      consume: async (q) => {
        const messages = await request(call, "amqp", { do: "consume", ...q });
        return (messages as unknown as AmqpMessage[]).map((m) => ({ ...m, json: jsonOf(m.text) }));
      },
      acknowledge: async (q) => void (await request(call, "amqp", { do: "acknowledge", ...q })),
    }),
    endpoint: (q) => request(call, "endpoint", q) as Promise<string | null>,
    reveal: (secret) => request(call, "reveal", { secret }) as Promise<string>,
    metric: async (name, value, labels = {}) => {
      try {
        await request(call, "metric", { name, value, labels });
      } catch (error) {
        // a plugin that counts too much, or when it's over, goes on with its work; a wrong name is its author's mistake
        if ((error as { code?: unknown }).code === "bad-request") throw error;
      }
    },
    state: Object.freeze<Host["state"]>({
      get: (key) => request(call, "state", { do: "get", key }),
      set: async (key, value) => void (await request(call, "state", { do: "set", key, value })),
      compareAndSet: (key, expected, value) =>
        request(call, "state", { do: "compareAndSet", key, expected, value }) as Promise<boolean>,
      delete: async (key) => void (await request(call, "state", { do: "delete", key })),
      list: (prefix) =>
        request(call, "state", { do: "list", prefix }) as Promise<unknown> as ReturnType<
          Host["state"]["list"]
        >,
    }),
    log: (level, message) => {
      const text = line(message);
      if (text !== undefined) tell({ t: "log", call, level, text });
    },
    event: (message) => {
      const text = line(message);
      if (text !== undefined) tell({ t: "event", call, text });
    },
    sleep: async (milliseconds) => void (await request(call, "sleep", { milliseconds })),
  });
}

/** Parsed on this side, so that the text crosses once. */
function withJson(answer: Json): HttpResponse {
  const { status, headers, text } = answer as unknown as Omit<HttpResponse, "json">;
  const looks = headers["content-type"]?.includes("json") || /^\s*[[{]/.test(text);
  return { status, headers, text, json: looks ? jsonOf(text) : null };
}

/** `null` for a text that isn't JSON. */
function jsonOf(text: string): Json {
  try {
    return parse(text) as Json;
  } catch {
    return null;
  }
}
