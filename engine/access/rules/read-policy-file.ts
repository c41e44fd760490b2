import { isMap, isScalar, LineCounter, type Pair, parseDocument } from "yaml";
import { didYouMean } from "../../../grammar/diagnostics/suggest.ts";
import type { Check } from "./check.ts";
import { defaultRules } from "./default-rules.ts";
import { parseCheck } from "./parse-check.ts";
import { mistakesAmong } from "./resolve-rules.ts";

/** Rules that can be asked: each name in them exists. */
export interface Rules {
  readonly checks: ReadonlyMap<string, Check>;
  /** The same as they were written, for people. */
  readonly texts: ReadonlyMap<string, string>;
}

/** What is wrong with a policy file, in the order of its lines. */
export interface PolicyFileMistake {
  readonly line: number;
  readonly column: number;
  readonly message: string;
  readonly help?: string;
}

export type ReadPolicy =
  | { readonly ok: true; readonly rules: Rules }
  | { readonly ok: false; readonly mistakes: readonly PolicyFileMistake[] };

/**
 * The rules with those of a policy file in place of the defaults: YAML or JSON, a map of names to oslo.policy's checks.
 * A name without a colon may be new, for other rules to name. Every other must exist: a mistyped rule would protect
 * nothing.
 */
export function readPolicyFile(text: string): ReadPolicy {
  const reader = new PolicyReader(text);
  return reader.read();
}

class PolicyReader {
  readonly #text: string;
  readonly #lines = new LineCounter();
  readonly #mistakes: PolicyFileMistake[] = [];
  readonly #checks = new Map<string, Check>();
  readonly #texts = new Map<string, string>();
  readonly #places = new Map<string, number>();

  constructor(text: string) {
    this.#text = text;
  }

  read(): ReadPolicy {
    for (const [name, { check }] of Object.entries(defaultRules)) this.#keep(name, check, 0);
    const document = parseDocument(this.#text, { lineCounter: this.#lines, prettyErrors: false });
    for (const { message, pos } of [...document.errors, ...document.warnings]) this.#report(pos[0], message);
    if (this.#mistakes.length > 0) return this.#refuse(); // what follows such a mistake means nothing
    const { contents } = document;
    if (isMap(contents)) for (const pair of contents.items) this.#readPair(pair);
    else if (contents !== null && !(isScalar(contents) && contents.value === null))
      this.#report(
        contents.range?.[0] ?? 0,
        "the file is no map of rules",
        'write lines like "clusters:delete": "role:admin"',
      );
    if (this.#mistakes.length > 0) return this.#refuse();
    for (const { rule, message, missing } of mistakesAmong(this.#checks)) {
      const help = missing === undefined ? undefined : didYouMean(missing, this.#checks.keys());
      this.#report(this.#places.get(rule) ?? 0, `rule "${rule}": ${message}`, help);
    }
    if (this.#mistakes.length > 0) return this.#refuse();
    return { ok: true, rules: { checks: this.#checks, texts: this.#texts } };
  }

  #readPair({ key, value }: Pair): void {
    const at = isScalar(key) ? (key.range?.[0] ?? 0) : 0;
    const place = isScalar(value) ? (value.range?.[0] ?? at) : at;
    if (!isScalar(key) || typeof key.value !== "string") this.#report(at, "a rule's name is a text");
    else if (key.value.includes(":") && !Object.hasOwn(defaultRules, key.value)) {
      const help = didYouMean(key.value, Object.keys(defaultRules));
      this.#report(at, `there is no rule "${key.value}"`, help);
    } else if (!isScalar(value) || typeof value.value !== "string" || value.tag === "!") {
      // a bare ! is a tag in YAML, and the text an empty one: that would permit it to everyone
      const help = 'write it in quotation marks: "role:admin", "@" for everyone, "!" for nobody';
      this.#report(place, `rule "${key.value}": its check is no text`, help);
    } else this.#keep(key.value, value.value, place);
  }

  #keep(name: string, text: string, place: number): void {
    const parsed = parseCheck(text);
    if (!parsed.ok) {
      const { message, help, at } = parsed.mistake;
      this.#report(place, `rule "${name}": ${message}, at character ${at + 1} of its check`, help);
      return;
    }
    this.#checks.set(name, parsed.check);
    this.#texts.set(name, text.trim() === "" ? "@" : text);
    this.#places.set(name, place);
  }

  #report(at: number, message: string, help?: string): void {
    const { line, col } = this.#lines.linePos(at);
    this.#mistakes.push({ line, column: col, message, ...(help !== undefined && { help }) });
  }

  #refuse(): ReadPolicy {
    const inOrder = this.#mistakes.toSorted((a, b) => a.line - b.line || a.column - b.column);
    return { ok: false, mistakes: inOrder };
  }
}
