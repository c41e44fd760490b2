import { didYouMean } from "../../../grammar/diagnostics/suggest.ts";
import {
  type CallerValue,
  type Check,
  callerAttributes,
  olderNames,
  type Template,
  targetAttributes,
} from "./check.ts";

/** What is wrong with a rule's text, and at which character of it (from 0). */
export interface CheckMistake {
  readonly at: number;
  readonly message: string;
  readonly help?: string;
}

export type ParsedCheck =
  | { readonly ok: true; readonly check: Check }
  | { readonly ok: false; readonly mistake: CheckMistake };

/** Parentheses and `not` within each other: more is nobody's rule. */
const depthAtMost = 50;

/**
 * Reads a rule in oslo.policy's language: `role:admin or (role:member and project_id:%(project_id)s)`. `not` binds
 * tighter than `and`, `and` tighter than `or`. Whether the rules that it names exist is not looked at here.
 */
export function parseCheck(text: string): ParsedCheck {
  if (text.trim() === "") return { ok: true, check: { kind: "always" } };
  try {
    const parser = new CheckParser(scan(text), text.length);
    return { ok: true, check: parser.whole() };
  } catch (error) {
    if (error instanceof Mistake) return { ok: false, mistake: error.mistake };
    throw error;
  }
}

class Mistake extends Error {
  readonly mistake: CheckMistake;

  constructor(at: number, message: string, help?: string) {
    super(message);
    this.mistake = { at, message, ...(help !== undefined && { help }) };
  }
}

interface Word {
  readonly kind: "(" | ")" | "and" | "or" | "not" | "check";
  readonly at: number;
  readonly text: string;
}

const spelled = /^(?:'[^']*'|"[^"]*"|%\([^()]*\)s|[^\s()'"])+/;

/** The words of a rule: parentheses, `and`, `or`, `not` in any case, and checks. */
function scan(text: string): Word[] {
  const words: Word[] = [];
  let at = 0;
  while (at < text.length) {
    const rest = text.slice(at);
    const space = /^\s+/.exec(rest)?.[0];
    if (space !== undefined) {
      at += space.length;
      continue;
    }
    const first = rest[0];
    if (first === "(" || first === ")") {
      words.push({ kind: first, at, text: first });
      at += 1;
      continue;
    }
    const word = spelled.exec(rest)?.[0];
    if (word === undefined) throw new Mistake(at, "a quotation mark has no second one");
    const lower = word.toLowerCase();
    const kind = lower === "and" || lower === "or" || lower === "not" ? lower : "check";
    words.push({ kind, at, text: word });
    at += word.length;
  }
  return words;
}

class CheckParser {
  readonly #words: readonly Word[];
  readonly #end: number;
  #next = 0;
  #depth = 0;

  constructor(words: readonly Word[], end: number) {
    this.#words = words;
    this.#end = end;
  }

  whole(): Check {
    const check = this.#or();
    const more = this.#words[this.#next];
    if (more === undefined) return check;
    if (more.kind === ")") throw new Mistake(more.at, '")" closes nothing');
    throw new Mistake(more.at, `"and" or "or" is missing before "${more.text}"`);
  }

  #or(): Check {
    return this.#several("or", () => this.#several("and", () => this.#one()));
  }

  #several(word: "or" | "and", part: () => Check): Check {
    const checks = [part()];
    while (this.#words[this.#next]?.kind === word) {
      this.#next += 1;
      checks.push(part());
    }
    return checks.length === 1 ? checks[0]! : { kind: word, checks };
  }

  #one(): Check {
    const word = this.#words[this.#next];
    if (word === undefined) throw new Mistake(this.#end, "a check is missing at the end");
    this.#next += 1;
    switch (word.kind) {
      case "check":
        return readCheck(word);
      case "not":
        return this.#deeper(word, () => ({ kind: "not", check: this.#one() }));
      case "(":
        return this.#deeper(word, () => {
          const check = this.#or();
          const close = this.#words[this.#next];
          if (close?.kind !== ")") throw new Mistake(word.at, '"(" is never closed');
          this.#next += 1;
          return check;
        });
      default:
        throw new Mistake(word.at, `a check is missing before "${word.text}"`);
    }
  }

  #deeper(word: Word, read: () => Check): Check {
    this.#depth += 1;
    if (this.#depth > depthAtMost)
      throw new Mistake(word.at, `parentheses and "not" lie more than ${depthAtMost} deep`);
    const check = read();
    this.#depth -= 1;
    return check;
  }
}

function readCheck({ text, at }: Word): Check {
  if (text === "@") return { kind: "always" };
  if (text === "!") return { kind: "never" };
  const quoted = /^(['"])(.*?)\1:/.exec(text);
  const colon = quoted === null ? text.indexOf(":") : quoted[0].length - 1;
  if (colon <= 0)
    throw new Mistake(at, `"${text}" is no check`, 'write "@", "!", or a check like role:member');
  const kind = text.slice(0, colon);
  const match = text.slice(colon + 1);
  if (match === "") throw new Mistake(at, `nothing stands after "${kind}:"`);
  if (kind === "rule") return { kind: "rule", name: match };
  if (kind === "http" || kind === "https")
    throw new Mistake(
      at,
      "checks that ask another server are not supported",
      "write it with roles and owners",
    );
  const right = readTemplate(match, at + colon + 1);
  if (kind === "role") return { kind: "role", role: right };
  return { kind: "equal", left: readLeft(kind, quoted?.[2], at), right };
}

function readLeft(kind: string, quoted: string | undefined, at: number): CallerValue {
  if (quoted !== undefined) return { text: quoted };
  const attribute = callerAttributes.find((one) => one === (olderNames[kind] ?? kind));
  if (attribute !== undefined) return { attribute };
  const help = didYouMean(kind, ["role", "rule", ...callerAttributes]);
  throw new Mistake(
    at,
    `a caller has no "${kind}"`,
    help ?? `compare role, rule, ${callerAttributes.join(", ")}, or a text in quotation marks`,
  );
}

/** `%(project_id)s` and text around it. */
function readTemplate(match: string, at: number): Template {
  const unquoted = /^(['"])(.*)\1$/.exec(match)?.[2] ?? match;
  const parts: (string | { target: (typeof targetAttributes)[number] })[] = [];
  let last = 0;
  for (const found of unquoted.matchAll(/%\(([^()]*)\)s/g)) {
    if (found.index > last) parts.push(unquoted.slice(last, found.index));
    const name = (found[1] ?? "").replace(/^target\./, "");
    const target = targetAttributes.find((one) => one === (olderNames[name] ?? name));
    if (target === undefined)
      throw new Mistake(
        at,
        `an object's owner has no "${found[1]}"`,
        didYouMean(name, targetAttributes) ?? `compare with ${targetAttributes.join(", ")}`,
      );
    parts.push({ target });
    last = found.index + found[0].length;
  }
  const rest = unquoted.slice(last);
  if (rest.includes("%("))
    throw new Mistake(at, `"${match}" is no value`, "write the owner's attributes like %(project_id)s");
  if (rest !== "" || parts.length === 0) parts.push(rest);
  return parts;
}
