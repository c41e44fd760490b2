import { cleanText } from "../clean-text.ts";
import { HostFailure } from "../plugin-host.ts";
import type { AuditBatch } from "./audit.ts";
import type { BrokerCall, Capability } from "./broker-call.ts";
import { commandCapability } from "./command.ts";
import { httpCapability } from "./http.ts";
import { sleepCapability } from "./sleep.ts";
import { socketCapability } from "./socket.ts";
import { stateCapability } from "./state.ts";
import type { StateStore } from "./state-store.ts";

/** Does what plugins may not: all I/O, each request checked against the grants and written to the audit. */
export class Broker {
  readonly #audit: AuditBatch;
  readonly #capabilities: ReadonlyMap<string, Capability>;
  readonly #closing: readonly { close(): Promise<void> }[];

  constructor(state: StateStore, audit: AuditBatch) {
    const http = httpCapability();
    const socket = socketCapability();
    this.#audit = audit;
    this.#closing = [http, socket, audit];
    this.#capabilities = new Map<string, Capability>([
      ["http", http],
      ["socket", socket],
      ["command", commandCapability()],
      ["state", stateCapability(state)],
      ["sleep", sleepCapability],
    ]);
  }

  /** One request of a plugin. Throws `HostFailure`. */
  async request(call: BrokerCall, name: string, input: unknown): Promise<unknown> {
    const capability = this.#capabilities.get(name);
    if (capability === undefined)
      throw new HostFailure(`the host has no ${String(name).slice(0, 50)}`, {
        code: "bad-request",
        retryable: false,
      });
    const started = performance.now();
    const write = (outcome: "ok" | "refused" | "failed", bytesIn: number, bytesOut: number) =>
      this.#audit.add({
        projectId: call.projectId,
        plugin: call.manifest.name,
        pluginHash: call.pluginHash,
        actionId: call.origin.actionId,
        callId: call.origin.callId,
        capability: name,
        target: cleanText(capability.target(input), 1000),
        outcome,
        bytesIn,
        bytesOut,
        durationMs: performance.now() - started,
        at: new Date(),
      });
    try {
      const done = await capability.run(call, call.secrets.insert(name, input));
      write("ok", done.bytesIn ?? 0, done.bytesOut ?? 0);
      return call.secrets.forGuest(done.value);
    } catch (error) {
      const failure = error instanceof HostFailure ? error : unexpected(name, error);
      write(failure.code === "not-granted" ? "refused" : "failed", 0, 0);
      throw withoutSecrets(call, failure);
    }
  }

  async close(): Promise<void> {
    await Promise.all(this.#closing.map((c) => c.close()));
  }
}

/** The same failure for the guest; its cause stays behind when it may hold a value. */
function withoutSecrets({ secrets }: BrokerCall, failure: HostFailure): HostFailure {
  const { message, code, retryable, help, cause } = failure;
  const shown = secrets.forGuest({ message, help: help ?? "" });
  if (secrets.names.length === 0 && shown.message === message) return failure;
  return new HostFailure(shown.message, {
    code,
    retryable,
    ...(help === undefined ? {} : { help: shown.help }),
    ...(secrets.names.length === 0 ? { cause } : {}),
  });
}

/** The store was out of reach, say: not the plugin's fault, and perhaps better the next time. */
function unexpected(name: string, cause: unknown): HostFailure {
  return new HostFailure(`${name} failed: ${(cause as Error).message}`, {
    code: "host-failed",
    retryable: true,
    cause,
  });
}
