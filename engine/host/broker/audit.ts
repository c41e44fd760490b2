/** One request that a plugin made of the broker, refused ones included, or a call (`call`) that failed by its own doing. Never holds what was sent or received. */
export interface AuditEntry {
  readonly projectId: string;
  readonly plugin: string;
  readonly pluginHash: string;
  readonly actionId: string | null;
  readonly callId: string;
  readonly capability: string;
  /** `GET http://127.0.0.1:8080/things` without its query; a socket's, executable's or record's name; `create: plugin-timeout`. */
  readonly target: string;
  readonly outcome: "ok" | "refused" | "failed";
  /** To the plugin, and from it. */
  readonly bytesIn: number;
  readonly bytesOut: number;
  readonly durationMs: number;
  readonly at: Date;
}

/** Where audit entries go, many at a time. */
export interface AuditSink {
  write(entries: readonly AuditEntry[]): Promise<void>;
}

const batchSize = 200;
const waitMs = 250;
const keptAtMost = 100_000;

/** Collects entries and hands them on in batches; what a failing sink refused is tried again, in order. */
export class AuditBatch {
  readonly #sink: AuditSink;
  readonly #onError: (error: unknown) => void;
  #entries: AuditEntry[] = [];
  #timer: NodeJS.Timeout | undefined;
  #writing: Promise<void> | undefined;

  constructor(sink: AuditSink, onError: (error: unknown) => void) {
    this.#sink = sink;
    this.#onError = onError;
  }

  add(entry: AuditEntry): void {
    if (this.#entries.length >= keptAtMost) {
      this.#onError(new Error(`the audit can't be written; an entry of plugin ${entry.plugin} was left out`));
      return;
    }
    this.#entries.push(entry);
    if (this.#entries.length >= batchSize) void this.#write();
    else this.#timer ??= setTimeout(() => void this.#write(), waitMs);
  }

  /** Resolves when all that was added has been tried once more. */
  async close(): Promise<void> {
    await this.#writing;
    while (this.#entries.length > 0) {
      const before = this.#entries.length;
      await this.#write();
      if (this.#entries.length >= before) break;
    }
    clearTimeout(this.#timer);
  }

  #write(): Promise<void> {
    this.#writing ??= this.#writeBatch().finally(() => {
      this.#writing = undefined;
    });
    return this.#writing;
  }

  async #writeBatch(): Promise<void> {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    const batch = this.#entries.slice(0, 1000);
    try {
      await this.#sink.write(batch);
      this.#entries.splice(0, batch.length);
    } catch (error) {
      this.#onError(error);
    }
    if (this.#entries.length > 0) this.#timer = setTimeout(() => void this.#write(), waitMs);
  }
}
