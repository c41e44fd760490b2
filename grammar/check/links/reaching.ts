import type { Checker } from "../checker.ts";
import type { Body } from "../locals.ts";

/** The bodies of a program, with the action that each is or belongs to: a policy's hook to those that it hooks. */
export interface NamedBody {
  readonly c: Checker;
  readonly action: string;
  readonly body: Body;
}

/**
 * Finds the actions that do something, directly or through actions that they call. The answer gives the way there, from
 * an action to the one that does it, `undefined` where there is none. Linear in the calls.
 */
export function waysTo(
  bodies: readonly NamedBody[],
  does: (body: Body) => boolean,
): (action: string) => readonly string[] | undefined {
  const callers = new Map<string, string[]>();
  const next = new Map<string, string | null>();
  const queue: string[] = [];
  for (const { action, body } of bodies) {
    for (const { action: called } of body.performs) {
      const known = callers.get(called);
      if (known === undefined) callers.set(called, [action]);
      else known.push(action);
    }
    if (!does(body) || next.has(action)) continue;
    next.set(action, null);
    queue.push(action);
  }
  for (let index = 0; index < queue.length; index++) {
    const reached = queue[index];
    if (reached === undefined) break;
    for (const caller of callers.get(reached) ?? []) {
      if (next.has(caller)) continue;
      next.set(caller, reached);
      queue.push(caller);
    }
  }
  return (action) => wayFrom(next, action);
}

function wayFrom(next: ReadonlyMap<string, string | null>, name: string): readonly string[] | undefined {
  if (!next.has(name)) return undefined;
  const way: string[] = [];
  for (let at: string | null | undefined = name; typeof at === "string"; at = next.get(at)) way.push(at);
  return way;
}
