import { wordDoc } from "../word-docs.ts";
import type { Offer } from "./offer.ts";

/** Keywords that may stand at a place, each with what else is written there. */
export function wordOffers(words: Readonly<Record<string, string>>, rank = 5): Offer[] {
  return Object.entries(words).map(([label, rest]) => ({
    label,
    kind: "keyword",
    doc: wordDoc(label),
    rank,
    ...(rest === "" ? {} : { snippet: `${label} ${rest}` }),
  }));
}

/** A place where an editor's snippet stops, with what stands there at first. */
export function stop(number: number, placeholder: string): string {
  return `$\{${number}:${placeholder}}`;
}

const block = "{\n  $0\n}";

export const declarationWords = {
  import: '"$0"',
  plugin: `${stop(1, "name")} from "$2" ${block}`,
  param: `${stop(1, "name")}: ${stop(2, "Int")} = $0`,
  secret: `${stop(1, "name")} = env("$0")`,
  enum: `${stop(1, "Name")} { $0 }`,
  record: `${stop(1, "Name")} ${block}`,
  profile: `${stop(1, "name")} = ${stop(2, "plugin")}.${stop(3, "type")} ${block}`,
  cluster: `${stop(1, "name")} {\n  profile: $2\n  size: ${stop(3, "3")}\n}$0`,
  policy: `${stop(1, "name")} ${block}`,
  action: `${stop(1, "name")}(${stop(2, "cluster: Cluster")}) ${block}`,
  every: `"${stop(1, "18:00")}" ${block}`,
  at: `"${stop(1, "2026-12-24 20:00")}" ${block}`,
  on: `${stop(1, "coppice.action_ended")} as ${stop(2, "e")} ${block}`,
  test: `"${stop(1, "what it shows")}" ${block}`,
} as const;

export const statementWords = {
  let: `${stop(1, "name")} = $0`,
  for: `${stop(1, "node")} in ${stop(2, "cluster.nodes")} ${block}`,
  if: `$1 ${block}`,
  match: `$1 ${block}`,
  try: "{\n  $0\n} recover error {\n}",
  parallel: block,
  wait: "",
  approve: `"$1" by ${stop(2, "operator")} within ${stop(3, "4h")}`,
  lock: `"$1" ${block}`,
  emit: '"$1" { $0 }',
  fail: '"$0"',
  return: "",
} as const;

/** Only in a policy's `before`. */
export const beforeWords = {
  deny: '"$1" when $0',
  warn: '"$1" when $0',
  limit: "",
  choose: "",
  place: `${stop(1, "zone")} across ["$0"]`,
  batch: "",
} as const;

/** Statements of a hook that are those of actions as well. */
export const hookWords = {
  let: statementWords.let,
  if: statementWords.if,
  match: statementWords.match,
  emit: statementWords.emit,
} as const;

export const testWords = { given: "", run: "", expect: "", let: statementWords.let } as const;

/** How a run of a test is meant to end, when not well. */
export const endWords = { failure: "", denied: "", cancelled: "" } as const;

/** What may follow a statement on its line, by its kind. */
export const clauseWords: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  Call: { retry: stop(1, "3"), timeout: stop(1, "5m"), undo: "" },
  Let: { retry: stop(1, "3"), timeout: stop(1, "5m"), undo: "" },
  Retry: { every: stop(1, "2s..1m"), timeout: stop(1, "5m"), undo: "" },
  For: { batch: "", pause: "", tolerate: `${stop(1, "1")} failure` },
  WaitUntil: { every: stop(1, "5s"), within: stop(1, "5m") },
  Try: { recover: `error ${block}`, ensure: block },
  ForEnd: { ensure: block },
  If: { else: block },
  Approve: { by: "", within: stop(1, "4h") },
  Lock: { within: stop(1, "10m") },
  Deny: { when: "" },
  Warn: { when: "" },
  Batch: { pause: stop(1, "30s"), window: stop(1, "10"), rows: stop(1, "500") },
  Place: { weights: "{ $0 }", caps: "{ $0 }" },
  Hook: { priority: stop(1, "50"), when: "" },
  Run: { override: '"$0"', cancel: `after ${stop(1, "30s")}`, expect: "" },
  Schedule: { in: `"${stop(1, "Europe/Paris")}"` },
  Listener: { as: stop(1, "e"), when: "" },
};
