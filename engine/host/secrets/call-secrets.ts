import { randomBytes } from "node:crypto";
import { insertSecrets } from "./insert-secrets.ts";
import { StreamScrubber } from "./stream-scrubber.ts";
import { tracesOf } from "./traces.ts";

/**
 * The secrets of one call of a plugin. Its code sees a text that means nothing elsewhere; the value is put in where the
 * broker sends it, and is taken out of all that comes back.
 */
export class CallSecrets {
  /** By the text that stands for it. */
  readonly #names = new Map<string, string>();
  readonly #values = new Map<string, string>();
  /** What must not pass, and the name and the text that stands for it. */
  readonly #traces = new Map<string, { readonly name: string; readonly handle: string }>();
  /** What people must not see, though the plugin may: of a secret store, which holds the values. */
  readonly #toPeople = new Map<string, string>();
  #pattern: RegExp | null = null;

  /** The text that stands for a secret in this call; the same for the same name. */
  handleOf(name: string): string {
    for (const [handle, known] of this.#names) if (known === name) return handle;
    const handle = `coppice-secret-${randomBytes(16).toString("hex")}`;
    this.#names.set(handle, name);
    return handle;
  }

  /** Names that `handleOf` was asked for. */
  get names(): readonly string[] {
    return [...this.#names.values()];
  }

  /** The value and name behind a text that `handleOf` gave; `undefined` for any other text. */
  valueOf(handle: string): { readonly name: string; readonly value: string } | undefined {
    const value = this.#values.get(handle);
    const name = this.#names.get(handle);
    return value === undefined || name === undefined ? undefined : { name, value };
  }

  /** Takes values out of an answer that comes in pieces. */
  streamScrubber(): StreamScrubber {
    return new StreamScrubber(this.#traces);
  }

  /** Gives the value of a secret of this call. */
  setValue(name: string, value: string): void {
    const handle = this.handleOf(name);
    this.#values.set(handle, value);
    this.#watch(name, handle, tracesOf(value));
  }

  /** A value that is none of this call's, and must not pass either: to nobody, or only not to people (a store gives it). */
  watch(name: string, value: string, from: "all" | "people" = "all"): void {
    if (from === "all") this.#watch(name, `(secret ${name})`, tracesOf(value));
    else for (const trace of tracesOf(value)) this.#toPeople.set(trace, name);
  }

  /** What a capability is asked to send, with values where their texts stand. Throws `HostFailure`. */
  insert(capability: string, input: unknown): unknown {
    if (this.#values.size === 0) return input;
    return insertSecrets(capability, input, {
      values: this.#values,
      encoded: (handle, token) => this.#watch(this.#names.get(handle) ?? "", handle, [token]),
    });
  }

  /** What came back, for the plugin: texts instead of values. */
  forGuest<T>(value: T): T {
    const pattern = this.#find();
    if (pattern === null) return value;
    return mapTexts(value, (text) =>
      text.replace(pattern, (found) => this.#traces.get(found)?.handle ?? ""),
    ) as T;
  }

  /** What the plugin said, for everybody else: neither values nor the texts that stood for them. */
  forPeople<T>(value: T): T {
    const pattern = this.#find();
    if (pattern === null && this.#names.size === 0 && this.#toPeople.size === 0) return value;
    const stored = patternOf(this.#toPeople.keys());
    return mapTexts(value, (text) => {
      let shown = text;
      if (pattern !== null)
        shown = shown.replace(pattern, (found) => `(secret ${this.#traces.get(found)?.name ?? ""})`);
      if (stored !== null)
        shown = shown.replace(stored, (found) => `(secret ${this.#toPeople.get(found) ?? ""})`);
      for (const [handle, name] of this.#names) shown = shown.replaceAll(handle, `(secret ${name})`);
      return shown;
    }) as T;
  }

  #watch(name: string, handle: string, traces: readonly string[]): void {
    for (const trace of traces) if (!this.#traces.has(trace)) this.#traces.set(trace, { name, handle });
    this.#pattern = null;
  }

  /** Finds the longest trace first; `null` when there is none to find. */
  #find(): RegExp | null {
    this.#pattern ??= patternOf(this.#traces.keys());
    return this.#pattern;
  }
}

/** Finds the longest first; `null` when there is nothing to find. */
function patternOf(texts: Iterable<string>): RegExp | null {
  const longestFirst = [...texts].sort((a, b) => b.length - a.length);
  return longestFirst.length === 0 ? null : new RegExp(longestFirst.map(literally).join("|"), "g");
}

/** The same value with each text in it replaced, names of fields included. */
function mapTexts(value: unknown, replace: (text: string) => string): unknown {
  if (typeof value === "string") return replace(value);
  if (Array.isArray(value)) return value.map((item) => mapTexts(item, replace));
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([name, of]) => [replace(name), mapTexts(of, replace)]),
  );
}

function literally(text: string): string {
  return text.replace(/[\\^$.*+?()[\]{}|/]/g, "\\$&");
}
