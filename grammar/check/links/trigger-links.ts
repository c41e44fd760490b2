import type { PlanTrigger } from "../../plan.ts";
import type { Span } from "../../spans.ts";
import type { Checker } from "../checker.ts";
import { type NamedBody, waysTo } from "./reaching.ts";

/** A listener, for `warnTriggerLoops`. */
export interface ListedTrigger {
  readonly c: Checker;
  readonly name: string;
  readonly trigger: PlanTrigger;
  /** Of the event's name. */
  readonly span: Span;
}

/** Warns of listeners to each of the engine's own events whose action makes such an event itself. */
export function warnTriggerLoops(triggers: readonly ListedTrigger[], bodies: readonly NamedBody[]): void {
  const wayToEmit = waysTo(bodies, (body) => body.emits.length > 0);
  for (const { c, name, trigger, span } of triggers) {
    if (trigger.kind !== "listener" || trigger.source !== "coppice" || trigger.when !== null) continue;
    const event = `coppice.${trigger.event}`;
    if (trigger.event === "action_ended") {
      c.report("trigger-loop", span, { event, why: "its own action ends, too" });
      continue;
    }
    const way = trigger.event === "emitted" ? wayToEmit(name) : undefined;
    if (way === undefined) continue;
    const emitter = way.at(-1);
    const why = way.length === 1 ? "it emits an event" : `it calls action "${emitter}", which emits an event`;
    c.report("trigger-loop", span, { event, why });
  }
}
