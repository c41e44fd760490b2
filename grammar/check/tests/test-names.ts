import { any, bool, duration, int, listOf, mapOf, optional, string, type Type } from "../../types.ts";
import type { Locals } from "../locals.ts";

function record(fields: Readonly<Record<string, Type>>): Type {
  return { kind: "Record", name: null, fields };
}

const failure = record({ message: string, code: string, line: int });

/** One call of a driver or of a plugin's function: `node` is its name, `at` the time since the run began. */
const call = record({
  operation: string,
  node: optional(string),
  arguments: mapOf(any),
  ok: bool,
  at: duration,
});
const event = record({ name: string, fields: mapOf(any), at: duration });

/** What a test knows of its last `run`. */
const ofEveryRun = {
  failure: optional(failure),
  calls: listOf(call),
  events: listOf(event),
  warnings: listOf(string),
  elapsed: duration,
} as const;

const names: ReadonlySet<string> = new Set(["result", ...Object.keys(ofEveryRun)]);

/** Whether a name in a test stands for something of its last `run`: `calls`, `result`. */
export function isRunName(name: string): boolean {
  return names.has(name);
}

/** Declares what is known after a `run`; `result` is there only when the action gives one and is meant to succeed. */
export function declareRunNames(
  locals: Locals,
  q: { readonly result: Type | null; readonly fails: boolean; readonly span: { start: number; end: number } },
): void {
  const declare = (name: string, type: Type) =>
    locals.names.set(name, { kind: "given", type, span: q.span, used: true });
  for (const [name, type] of Object.entries(ofEveryRun)) declare(name, type);
  if (q.fails) declare("failure", failure);
  locals.names.delete("result");
  if (q.result !== null && !q.fails) declare("result", q.result);
}

/** Why a name of a run is not there; `undefined` when it is no such name, or this is no test. */
export function missingRunName(locals: Locals, name: string): string | undefined {
  if (locals.body.place !== "test" || !isRunName(name)) return undefined;
  let outermost = locals;
  while (outermost.parent !== null) outermost = outermost.parent;
  if (!outermost.names.has("calls")) return "it is known only behind a `run`";
  return "the action of the last `run` gives none, or was meant to fail";
}
