import type { StoredSecret } from "../../../grammar/plan.ts";
import { canonical } from "../plugin-hash.ts";
import { HostFailure, type PluginCall } from "../plugin-host.ts";
import { longEnough } from "./secret-reader.ts";

/** A value is read anew after so long: a step over many nodes asks the store once, and a changed one is soon known. */
const keptMs = 10_000;
const readMs = 30_000;

/** Reads values from plugins' secret stores through the host itself, under the grants that the program gave the plugin. */
export class StoreReader {
  readonly #call: (q: PluginCall) => Promise<unknown>;
  readonly #kept = new Map<string, { readonly value: Promise<string>; readonly until: number }>();

  constructor(call: (q: PluginCall) => Promise<unknown>) {
    this.#call = call;
  }

  /** For a secret that the call `q` names. Throws `HostFailure`, without the value. */
  read(name: string, from: StoredSecret, q: PluginCall): Promise<string> {
    const { hash, grants, settings } = from.use;
    const place = canonical([q.projectId, hash, grants, settings, from.store, from.key]);
    const now = Date.now();
    for (const [key, { until }] of this.#kept) if (until < now) this.#kept.delete(key);
    const kept = this.#kept.get(place)?.value;
    if (kept !== undefined) return kept;
    const value = this.#ask(name, from, q);
    this.#kept.set(place, { value, until: now + keptMs });
    value.catch(() => this.#kept.delete(place));
    return value;
  }

  async #ask(name: string, { key, store, use }: StoredSecret, q: PluginCall): Promise<string> {
    const answer = (await this.#call({
      pluginHash: use.hash,
      projectId: q.projectId,
      grants: use.grants,
      settings: use.settings,
      target: { kind: "other", of: "secret_stores", name: store, operation: "read" },
      call: { key },
      timeoutMs: readMs,
      origin: q.origin,
      secretSource: async (inner) => {
        const source = (await q.secretSource?.(inner)) ?? null;
        if (source?.source !== "store") return source;
        throw new HostFailure(
          `secret "${inner}" of the store ${use.name}.${store} comes from a store itself`,
          {
            code: "secret-not-allowed",
            retryable: false,
            help: "take it from the environment or a file",
          },
        );
      },
    }).catch((error: unknown) => {
      throw error instanceof HostFailure ? ofSecret(name, error) : error;
    })) as { readonly value: string }; // the host checked it
    return longEnough(name, answer.value);
  }
}

/** People should see which secret it was. */
function ofSecret(name: string, { message, code, retryable, help, cause }: HostFailure): HostFailure {
  return new HostFailure(`secret "${name}": ${message}`, { code, retryable, help, cause });
}
