import { showDuration } from "../../grammar/evaluate/show-value.ts";
import type { Expression, Json, Plan, Step, Value } from "../../grammar/plan.ts";
import { executeSteps } from "../../workflows/execute.ts";
import {
  type Completion,
  completed,
  type Frame,
  innerScope,
  type Run,
  undoPosition,
} from "../../workflows/run.ts";
import { placeAt } from "../actions/plan-places.ts";
import type { LocalStore } from "../local/local-store.ts";
import { evaluatePartly } from "./evaluate-partly.ts";
import type { RehearsedStep } from "./rehearsal.ts";
import { showUnknown, unknownValue, whyPartlyUnknown, whyUnknown } from "./unknown-values.ts";

/** One time that one step ran. */
export type SeenStep = Omit<RehearsedStep, "nodes" | "times" | "atOnce" | "varies"> & {
  readonly node: string | null;
  /** The way through performed actions and branches, without the turns of loops. */
  readonly path: string;
};

/** A condition that could not be decided. */
export interface Undecided {
  readonly step: Step;
  readonly why: string;
  readonly labels: readonly string[];
  readonly taken: number;
}

/** What a rehearsal notes, and how it decides what it can't know. */
export interface Rehearsing {
  readonly plan: Plan;
  readonly store: LocalStore;
  readonly seen: (step: SeenStep) => void;
  readonly undecided: (q: Undecided) => void;
  readonly assume: (assumption: string) => void;
  /** Which side of a step to take. */
  readonly side: (id: string, usual: number) => number;
}

/** A run that notes each step as it begins, and goes on where a value is unknown. */
export function rehearsedRun(run: Run, q: Rehearsing): Run {
  const rehearsed: Run = {
    ...run,
    evaluate: evaluatePartly,
    async execute(steps, frame) {
      for (const step of steps) {
        const completion = await rehearseStep(rehearsed, q, step, frame);
        if (completion.returned) return completion;
      }
      return completed;
    },
  };
  return rehearsed;
}

async function rehearseStep(run: Run, q: Rehearsing, step: Step, frame: Frame): Promise<Completion> {
  const see = new Sight(run, q, step, frame);
  const go = (known: Step = step, within: Frame = frame) => executeSteps(run, [known], within);
  switch (step.kind) {
    case "if": {
      const why = see.whyNot(step.condition);
      if (why === undefined) return await go();
      const taken = see.choose(why, ["then", "else"], endsBadly(step.then) ? 1 : 0);
      return await go({ ...step, condition: literal(taken === 0) }, see.behind(taken));
    }
    case "match": {
      const why = see.whyNot(step.subject);
      if (why === undefined) return await go();
      const labels = step.cases.map(
        ({ values }) => values?.map((value) => JSON.stringify(value)).join(", ") ?? "else",
      );
      const usual = step.cases.findIndex(({ body }) => !endsBadly(body));
      const taken = see.choose(why, labels, Math.max(0, usual));
      const only = step.cases[taken];
      const cases = only === undefined ? [] : [{ values: null, body: only.body }];
      return await go({ ...step, subject: literal(null), cases }, see.behind(taken));
    }
    case "for": {
      const known = { ...step, ...see.known({ pause: step.pause, tolerate: step.tolerate }) };
      const batch = step.batch !== null && step.batch !== "all" && see.whyNot(step.batch) ? null : step.batch;
      const why = see.whyNot(step.list);
      if (why === undefined) return await go({ ...known, batch });
      see.assume(`the list at ${see.place} has one item: it is ${why}`);
      return await go({ ...known, batch, list: { op: "list", items: [literal(unknownValue(why))] } });
    }
    case "operate": {
      const why = see.whyNot(step.node);
      see.note(step.operation, step.arguments, why === undefined ? see.node(step.node) : `(${why})`);
      if (why === undefined) return await go({ ...step, ...see.knownClauses(step) });
      return see.skip(step.result);
    }
    case "perform": {
      const decisive = ["count", "size", ...(q.plan.actions[step.action]?.clusterParameters ?? [])];
      const why = decisive
        .map((name) => step.arguments[name])
        .map((argument) => (argument === undefined ? undefined : see.whyNot(argument)))
        .find((reason) => reason !== undefined);
      see.note(step.action, step.arguments, null);
      if (why === undefined) return await go({ ...step, ...see.knownClauses(step) });
      see.assume(`what ${step.action} at ${see.place} does is not shown: it depends on ${why}`);
      return see.skip(step.result);
    }
    case "invoke":
      see.note(`${step.plugin}.${step.function}`, step.arguments, null);
      return await go({ ...step, ...see.knownClauses(step) });
    case "primitive": {
      const { properties: _, ...decisive } = step.arguments;
      const why = Object.values(decisive)
        .map((argument) => see.whyNot(argument))
        .find((reason) => reason !== undefined);
      see.note(step.primitive, step.arguments, null);
      if (why === undefined) return await go();
      see.assume(`${step.primitive} at ${see.place} is not shown further: it depends on ${why}`);
      return see.skip(step.result, []);
    }
    case "wait": {
      const why = see.whyNot(step.duration);
      see.note(why === undefined ? `wait ${see.duration(step.duration)}` : `wait (${why})`, {}, null);
      return why === undefined ? await go() : completed;
    }
    case "wait_until":
      see.note("wait until", {}, null);
      return await go({ ...step, ...see.known({ every: step.every, within: step.within }) });
    case "approve":
      see.note(`ask ${step.role ?? "anyone"}`, { message: step.message }, null);
      return await go({ ...step, message: see.shown(step.message), ...see.known({ within: step.within }) });
    case "lock": {
      const names = step.names.map((name) => see.shown(name));
      see.note("lock", Object.fromEntries(names.map((name, index) => [String(index + 1), name])), null);
      return await go({ ...step, names, ...see.known({ within: step.within }) });
    }
    case "emit":
      see.note("emit", { name: step.name, ...(step.fields !== null && { fields: step.fields }) }, null);
      return await go({ ...step, name: see.shown(step.name) });
    case "fail":
      see.note("fail", { message: step.message }, null);
      return await go({ ...step, message: see.shown(step.message) });
    case "deny":
    case "warn": {
      const why = step.when === null ? undefined : see.whyNot(step.when);
      if (why !== undefined) {
        see.assume(
          `policy ${frame.hook?.policy ?? ""} may ${step.kind} at ${see.place}: it depends on ${why}`,
        );
        return completed;
      }
      if (step.kind === "deny") return await go({ ...step, reason: see.shown(step.reason) });
      return await go({ ...step, message: see.shown(step.message) });
    }
    case "limit":
    case "choose":
    case "place":
    case "batch": {
      const why = decisiveOf(step)
        .map((expression) => see.whyNot(expression))
        .find((reason) => reason !== undefined);
      if (why === undefined) return await go();
      see.assume(`what policy ${frame.hook?.policy ?? ""} says at ${see.place} depends on ${why}`);
      return completed;
    }
    default:
      return await go();
  }
}

/** Expressions whose values a policy's statement can't do without. */
function decisiveOf(
  step: Extract<Step, { kind: "limit" | "choose" | "place" | "batch" }>,
): readonly Expression[] {
  switch (step.kind) {
    case "limit":
      return [step.count];
    case "choose":
      return [step.nodes];
    case "place":
      return [
        step.across,
        ...(step.weights === null ? [] : [step.weights]),
        ...(step.caps === undefined ? [] : [step.caps]),
      ];
    case "batch":
      return [step.size, step.pause, step.window, step.rows].filter((each) => each != null);
  }
}

/** What is known where a step stands. */
class Sight {
  readonly run: Run;
  readonly q: Rehearsing;
  readonly step: Step;
  readonly frame: Frame;

  constructor(run: Run, q: Rehearsing, step: Step, frame: Frame) {
    this.run = run;
    this.q = q;
    this.step = step;
    this.frame = frame;
  }

  get place(): string {
    return placeAt(this.q.plan, this.step.at).place;
  }

  assume(assumption: string): void {
    this.q.assume(assumption);
  }

  /** Why an expression's value isn't known; a fault in it is the step's to tell. */
  whyNot(expression: Expression): string | undefined {
    const value = this.#value(expression);
    return value === undefined ? undefined : whyPartlyUnknown(value);
  }

  /** The expression, or for an unknown text what can be shown of it. */
  shown(expression: Expression): Expression {
    const value = this.#value(expression);
    if (value === undefined || whyUnknown(value) === undefined) return expression;
    return literal(showUnknown(value));
  }

  /** Clauses whose values aren't known are left out. */
  known<Clauses extends Readonly<Record<string, Expression | null>>>(clauses: Clauses): Clauses {
    const kept = Object.entries(clauses).map(([name, clause]) => {
      return [name, clause === null || this.whyNot(clause) === undefined ? clause : null];
    });
    return Object.fromEntries(kept);
  }

  knownClauses<Call extends Extract<Step, { kind: "operate" | "perform" | "invoke" }>>(step: Call) {
    const { retry } = step;
    const parts = retry === null ? [] : [retry.count, retry.every, retry.upTo];
    const unknown = parts.some((part) => part !== null && this.whyNot(part) !== undefined);
    return { retry: unknown ? null : retry, ...this.known({ timeout: step.timeout }) };
  }

  duration(expression: Expression): string {
    const value = this.#value(expression);
    return typeof value === "number" ? showDuration(value) : "";
  }

  node(expression: Expression): string | null {
    const value = this.#value(expression);
    const named = value === undefined ? null : this.#named(value);
    return typeof named === "string" ? named : null;
  }

  choose(why: string, labels: readonly string[], usual: number): number {
    const taken = this.q.side(this.step.id, usual);
    this.q.undecided({ step: this.step, why, labels, taken });
    return taken;
  }

  behind(side: number): Frame {
    return { ...this.frame, position: `${this.frame.position}?${this.step.id}:${side}/` };
  }

  skip(result: string | null, value?: Json): Completion {
    if (result !== null)
      this.frame.scope.values.set(result, value ?? unknownValue(`what ${this.place} gives`));
    return completed;
  }

  note(what: string, given: Readonly<Record<string, Expression>>, node: string | null): void {
    const { step, frame } = this;
    const values = Object.entries(given).map(([name, expression]) => {
      const value = this.#value(expression);
      return [name, value === undefined ? null : this.#named(value)] as const;
    });
    const path = (frame.position.match(/[^/>]+[/>]/g) ?? []).filter((part) => !/^\d+\/$/.test(part)).join("");
    this.q.seen({
      ...placeAt(this.q.plan, step.at),
      id: step.id,
      kind: step.kind,
      what,
      node,
      arguments: Object.fromEntries(values),
      undo: frame.position.includes(undoPosition),
      behind: (path.match(/\?[^/]+(?=\/)/g) ?? []).map((mark) => mark.slice(1)),
      path,
    });
  }

  /** `undefined` when the expression fails: then the step does, too, and tells where. */
  #value(expression: Expression): Value | undefined {
    try {
      return evaluatePartly(expression, innerScope(this.frame.scope), this.run.world, this.step.at);
    } catch {
      return undefined;
    }
  }

  /** References of clusters and nodes by their names. */
  #named(value: Value): Value {
    if (value === null || typeof value !== "object") return value;
    if (Array.isArray(value)) return value.map((item: Value) => this.#named(item));
    const record = value as Readonly<Record<string, Value>>;
    const { $cluster: cluster, $node: node } = record;
    if (typeof cluster === "string") return this.q.store.cluster(cluster)?.name ?? cluster;
    if (typeof node === "string")
      return this.q.store.node(node)?.name ?? this.run.world.node(node)?.name ?? node;
    return Object.fromEntries(Object.entries(record).map(([name, inner]) => [name, this.#named(inner)]));
  }
}

/** Whether a block surely ends in a failure: the side that nobody hopes for. */
function endsBadly(steps: readonly Step[]): boolean {
  return steps.at(-1)?.kind === "fail";
}

function literal(value: Value): Expression {
  return { op: "literal", value };
}
