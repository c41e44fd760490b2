import { createHash } from "node:crypto";
import { checkProperties } from "../../../plugins/sdk/check-values.ts";
import type { AmqpConnection, AmqpConsume, AmqpPublish } from "../../../plugins/sdk/host.ts";
import type { PropertySchema, PropertySchemas } from "../../../plugins/sdk/manifest.ts";
import { HostFailure } from "../plugin-host.ts";
import { checkedLookup } from "./addresses.ts";
import { AmqpLink } from "./amqp-link.ts";
import { parseAmqpTarget, sameAmqpTarget } from "./amqp-target.ts";
import type { BrokerCall, Brokered, Capability } from "./broker-call.ts";
import type { BrokerSettings } from "./broker-settings.ts";
import { requireGrant } from "./grants.ts";
import { badRequest } from "./http-request.ts";
import { shown } from "./shown.ts";

/** AMQP's own limit for names and keys, in bytes. */
const short: PropertySchema = { type: "String", pattern: "[^\\u0000]{0,200}" };
const connection: PropertySchemas = {
  to: { type: "String", required: true },
  user: { ...short, default: "guest" },
  password: { type: "String", default: "guest" },
};
const schemas = {
  publish: {
    ...connection,
    exchange: { ...short, default: "" },
    routingKey: { ...short, required: true },
    body: { type: "Any", required: true },
    headers: { type: "Map", of: { type: "String" }, default: {} },
    persistent: { type: "Bool", default: true },
  },
  consume: {
    ...connection,
    queue: { ...short, required: true },
    bind: {
      type: "Record",
      fields: {
        exchange: { ...short, required: true },
        routingKeys: { type: "List", of: short, required: true },
      },
    },
    limit: { type: "Int", minimum: 1, maximum: 100, default: 10 },
    wait: { type: "Int", minimum: 0, maximum: 60_000, default: 0 },
  },
  acknowledge: { ...connection, tags: { type: "List", of: { type: "String" }, required: true } },
} as const satisfies Record<string, PropertySchemas>;
const idleMs = 60_000;
const linksAtMost = 64;

interface Kept {
  readonly opening: Promise<AmqpLink>;
  running: number;
  usedAt: number;
}

/** `host.amqp`: messages of a granted virtual host, over connections that are kept while they are used. */
export function amqpCapability(settings: BrokerSettings): Capability & { close(): Promise<void> } {
  const links = new Links(settings);
  return {
    limited: true,
    target(input) {
      const q = (input ?? {}) as Record<string, unknown>;
      const what = q["do"] === "publish" ? [q["exchange"] ?? "", q["routingKey"]] : [q["queue"] ?? ""];
      return [q["do"], q["to"], ...what].map((one) => shown(one, 300)).join(" ");
    },
    async run(call, input) {
      const { do: operation, ...rest } = (input ?? {}) as Record<string, unknown>;
      if (operation !== "publish" && operation !== "consume" && operation !== "acknowledge")
        throw badRequest(`amqp has no operation ${shown(operation, 50)}`);
      const checked = checkProperties(schemas[operation], rest);
      if (!checked.ok) throw badRequest(checked.problems.map((p) => `${p.path} is wrong`).join("; "));
      const q = checked.value as unknown as Required<AmqpConnection>;
      requireGrant(call, "amqp", q.to, (written) => sameAmqpTarget(written, q.to));
      return links.use(call, q, (link) => act(link, operation, q, call.signal));
    },
    close: () => links.close(),
  };
}

async function act(
  link: AmqpLink,
  operation: keyof typeof schemas,
  q: AmqpConnection,
  signal: AbortSignal,
): Promise<Brokered> {
  if (operation === "publish") {
    const message = q as AmqpPublish;
    const body = typeof message.body === "string" ? message.body : JSON.stringify(message.body);
    await link.publish(message, body);
    return { value: null, bytesOut: Buffer.byteLength(body) };
  }
  if (operation === "acknowledge")
    return { value: await link.acknowledge((q as unknown as { tags: readonly string[] }).tags) };
  const messages = await link.consume(q as AmqpConsume, signal);
  return { value: messages, bytesIn: messages.reduce((sum, { text }) => sum + text.length, 0) };
}

class Links {
  readonly #lookup;
  readonly #kept = new Map<string, Kept>();
  readonly #sweep: NodeJS.Timeout;

  constructor(settings: BrokerSettings) {
    this.#lookup = checkedLookup(settings.resolve, settings.privateNetworks);
    this.#sweep = setInterval(() => {
      for (const [name, kept] of this.#kept)
        if (kept.running === 0 && performance.now() - kept.usedAt > idleMs) void this.#drop(name, kept);
    }, 5000);
    this.#sweep.unref();
  }

  /** Each plugin, project and login has connections of its own. A lost one is made again by the next call. */
  async use<T>(
    call: BrokerCall,
    q: Required<AmqpConnection>,
    work: (link: AmqpLink) => Promise<T>,
  ): Promise<T> {
    const parts = [call.projectId, call.manifest.name, q.to, q.user, q.password];
    const name = createHash("sha256").update(JSON.stringify(parts)).digest("hex");
    const kept = await this.#keptOf(name, q);
    kept.running += 1;
    try {
      return await work(await kept.opening);
    } catch (error) {
      throw failure(q.to, error);
    } finally {
      kept.running -= 1;
      kept.usedAt = performance.now();
    }
  }

  async close(): Promise<void> {
    clearInterval(this.#sweep);
    await Promise.all([...this.#kept].map(([name, kept]) => this.#drop(name, kept)));
  }

  async #keptOf(name: string, q: Required<AmqpConnection>): Promise<Kept> {
    const known = this.#kept.get(name);
    if (known !== undefined) {
      const link = await known.opening.catch(() => null);
      if (link?.alive === true) return known;
      if (this.#kept.get(name) === known) this.#kept.delete(name);
      else return this.#keptOf(name, q);
    }
    const to = parseAmqpTarget(q.to);
    if (to === undefined) throw badRequest(`"${q.to.slice(0, 300)}" is not of the form host:5672/vhost`);
    const opening = AmqpLink.open(to, q, this.#lookup);
    opening.catch(() => {});
    const made = { opening, running: 0, usedAt: performance.now() };
    this.#kept.set(name, made);
    const idle = [...this.#kept].filter(([, one]) => one.running === 0 && one !== made);
    const [oldest] = idle.sort(([, a], [, b]) => a.usedAt - b.usedAt);
    if (this.#kept.size > linksAtMost && oldest !== undefined) void this.#drop(...oldest);
    return made;
  }

  async #drop(name: string, kept: Kept): Promise<void> {
    if (this.#kept.get(name) === kept) this.#kept.delete(name);
    const link = await kept.opening.catch(() => null);
    await link?.close();
  }
}

/** AMQP's replies: 403 and 530 refuse, 404 and 406 are mistakes of the request; the rest may be over soon. */
function failure(to: string, error: unknown): HostFailure {
  if (error instanceof HostFailure) return error;
  const { message, code } = error as Error & { code?: number | string };
  const own = (error as Error).cause;
  if (own instanceof HostFailure) return own;
  const login = /ACCESS_REFUSED|403|handshake terminated/i.test(message);
  const wrong = code === 404 || code === 406 || /NOT_FOUND|PRECONDITION_FAILED|NOT_ALLOWED/.test(message);
  return new HostFailure(`AMQP at ${to.replace(/\/\/[^/@]*@/, "//")}: ${message || String(code)}`, {
    code: login ? "amqp-refused" : wrong ? "amqp-wrong" : "amqp-failed",
    retryable: !login && !wrong,
    cause: error,
  });
}
