import { Counter, Gauge, Histogram, Registry } from "prom-client";
import type { AuditEntry, AuditSink } from "./broker/audit.ts";
import { HostFailure } from "./plugin-host.ts";

/** What the host counts of itself, for Prometheus; what plugins count stands beside it (`broker/metrics.ts`). */
export class HostMetrics {
  readonly #registry = new Registry();
  readonly #plugins = new BoundedLabels(500);
  readonly #capabilities = new BoundedLabels(50);
  readonly #calls = new Histogram({
    name: "coppice_host_call_seconds",
    help: "Calls of plugins, waits of the broker included, by how they ended",
    labelNames: ["plugin", "outcome"],
    buckets: [0.001, 0.005, 0.025, 0.1, 0.5, 2.5, 10, 60],
    registers: [this.#registry],
  });
  readonly #requests = new Counter({
    name: "coppice_broker_requests_total",
    help: "Requests of plugins to the broker, by how they ended",
    labelNames: ["plugin", "capability", "outcome"],
    registers: [this.#registry],
  });
  readonly #bytes = new Counter({
    name: "coppice_broker_bytes_total",
    help: "Bytes that the broker moved for plugins",
    labelNames: ["plugin", "direction"],
    registers: [this.#registry],
  });

  constructor(guests: () => number) {
    new Gauge({
      name: "coppice_host_guests",
      help: "Guest processes that live now, spare ones left out",
      registers: [this.#registry],
      collect() {
        this.set(guests());
      },
    });
  }

  /** Times one call of a plugin. */
  async timed<T>(plugin: string, work: () => Promise<T>): Promise<T> {
    const end = this.#calls.startTimer({ plugin: this.#plugins.of(plugin) });
    try {
      const result = await work();
      end({ outcome: "ok" });
      return result;
    } catch (error) {
      end({ outcome: error instanceof HostFailure ? (outcomes[error.code] ?? "failed") : "failed" });
      throw error;
    }
  }

  /** Counts what passes to an audit. */
  counting(audit: AuditSink): AuditSink {
    return {
      write: async (entries) => {
        await audit.write(entries);
        for (const entry of entries) this.#count(entry); // not before: what was refused comes again
      },
    };
  }

  /** In Prometheus' text format. */
  text(): Promise<string> {
    return this.#registry.metrics();
  }

  #count({ plugin: name, capability, outcome, bytesIn, bytesOut }: AuditEntry): void {
    const plugin = this.#plugins.of(name);
    this.#requests.inc({ plugin, capability: this.#capabilities.of(capability), outcome });
    this.#bytes.inc({ plugin, direction: "in" }, bytesIn);
    this.#bytes.inc({ plugin, direction: "out" }, bytesOut);
  }
}

/** How a call ended, in few words: a plugin's own codes may be as many as it likes. */
const outcomes: Readonly<Record<string, string>> = {
  "plugin-crashed": "crashed",
  "plugin-timeout": "late",
  "plugin-bug": "bug",
  "bad-arguments": "refused",
  cancelled: "cancelled",
};

/** Values of a label that plugins have a say in: beyond so many they are all "other". */
class BoundedLabels {
  readonly #known = new Set<string>();
  readonly #atMost: number;

  constructor(atMost: number) {
    this.#atMost = atMost;
  }

  of(value: string): string {
    if (this.#known.size < this.#atMost) this.#known.add(value);
    return this.#known.has(value) ? value : "other";
  }
}
