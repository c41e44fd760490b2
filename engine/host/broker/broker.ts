import { cleanText } from "../clean-text.ts";
import { HostFailure } from "../plugin-host.ts";
import { amqpCapability } from "./amqp.ts";
import type { AuditBatch, AuditEntry } from "./audit.ts";
import { Authenticators } from "./auth/authenticators.ts";
import { endpointCapability } from "./auth/endpoint.ts";
import type { AuditNote, BrokerCall, Brokered, Capability } from "./broker-call.ts";
import { type BrokerSettings, defaultBrokerSettings } from "./broker-settings.ts";
import { CallBudgets } from "./call-budgets.ts";
import { commandCapability } from "./command.ts";
import { httpCapability } from "./http.ts";
import { metricCapability, PluginMetrics } from "./metrics.ts";
import { RateLimits } from "./rate-limits.ts";
import { revealCapability } from "./reveal.ts";
import { shown } from "./shown.ts";
import { sleepCapability } from "./sleep.ts";
import { socketCapability } from "./socket.ts";
import { sshCapability } from "./ssh.ts";
import { stateCapability } from "./state.ts";
import type { StateStore } from "./state-store.ts";
import { Streams } from "./streams.ts";

/** What the audit's columns hold. */
const countAtMost = 2 ** 31 - 1;

/** Does what plugins may not: all I/O, each request checked against the grants and written to the audit. */
export class Broker {
  /** What plugins counted with `host.metric`. */
  readonly metrics = new PluginMetrics();
  readonly #audit: AuditBatch;
  readonly #capabilities: ReadonlyMap<string, Capability>;
  readonly #closing: readonly { close(): Promise<void> }[];
  readonly #rates: RateLimits;
  readonly #budgets = new CallBudgets();

  constructor(state: StateStore, audit: AuditBatch, settings: BrokerSettings = defaultBrokerSettings) {
    const streams = new Streams(settings.streamBytes);
    const authenticators = new Authenticators(settings, (call, what) => this.#write(call, what));
    const http = httpCapability({ settings, streams, authenticators });
    const socket = socketCapability(settings, streams);
    const ssh = sshCapability(settings);
    const amqp = amqpCapability(settings);
    this.#audit = audit;
    this.#rates = new RateLimits(settings.requestsPerSecond);
    this.#closing = [http, socket, ssh, amqp, authenticators, audit];
    this.#capabilities = new Map<string, Capability>([
      ["http", http],
      ["stream", streams],
      ["socket", socket],
      ["command", commandCapability(settings)],
      ["ssh", ssh],
      ["amqp", amqp],
      ["endpoint", endpointCapability(authenticators)],
      ["state", stateCapability(state)],
      ["reveal", revealCapability],
      ["metric", metricCapability(this.metrics)],
      ["sleep", sleepCapability],
    ]);
  }

  /** One request of a plugin. Throws `HostFailure`. */
  async request(call: BrokerCall, name: string, input: unknown): Promise<unknown> {
    const capability = this.#capabilities.get(name);
    const started = performance.now();
    const target = capability?.target(input) ?? "";
    const write = (outcome: AuditEntry["outcome"], bytesIn: number, bytesOut: number) =>
      this.#write(call, { capability: shown(name, 50), target, outcome, bytesIn, bytesOut, started });
    const booking = this.#budgets.enter(call);
    try {
      if (booking.failure !== null) throw booking.failure;
      if (capability === undefined) throw unknownCapability(name);
      if (capability.limited === true) await this.#rates.take(call);
      const done = await capability.run(call, call.secrets.insert(name, input));
      if (done.finished !== undefined)
        void done.finished.then((end) => write(end.failed ? "failed" : "ok", end.bytesIn, end.bytesOut));
      else if (capability.quiet !== true) write("ok", done.bytesIn ?? 0, done.bytesOut ?? 0);
      return forGuest(call, done);
    } catch (error) {
      const failure = error instanceof HostFailure ? error : unexpected(call, name, error);
      if (!booking.told) write(failure.code === "not-granted" ? "refused" : "failed", 0, 0);
      throw withoutSecrets(call, failure);
    } finally {
      booking.leave();
    }
  }

  async close(): Promise<void> {
    await Promise.all(this.#closing.map((c) => c.close()));
  }

  #write(call: BrokerCall, what: AuditNote): void {
    const { started, ...rest } = what;
    this.#audit.add({
      projectId: call.projectId,
      plugin: call.manifest.name,
      pluginHash: call.pluginHash,
      actionId: call.origin.actionId,
      callId: call.origin.callId,
      ...rest,
      capability: cleanText(what.capability, 50),
      target: cleanText(what.target, 1000),
      bytesIn: Math.min(what.bytesIn, countAtMost),
      bytesOut: Math.min(what.bytesOut, countAtMost),
      durationMs: performance.now() - started,
      at: new Date(),
    });
  }
}

function forGuest({ secrets }: BrokerCall, { value, revealed }: Brokered): unknown {
  return revealed === true ? value : secrets.forGuest(value);
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

function unknownCapability(name: unknown): HostFailure {
  return new HostFailure(`the host has no ${shown(name, 50)}`, {
    code: "bad-request",
    retryable: false,
  });
}

/** The store was out of reach, say: not the plugin's fault, and perhaps better the next time. */
function unexpected({ signal }: BrokerCall, name: string, cause: unknown): HostFailure {
  if (signal.aborted)
    return new HostFailure(`${name}: the call was ended`, { code: "call-ended", retryable: true, cause });
  return new HostFailure(`${name} failed: ${(cause as Error).message}`, {
    code: "host-failed",
    retryable: true,
    cause,
  });
}
