import { parseProgram } from "../../grammar/parse.ts";
import type { Plan } from "../../grammar/plan.ts";
import { visitSteps } from "../../grammar/plan-steps.ts";
import { type Change, diffParts } from "./diff-plans.ts";
import { policyVoices } from "./policy-voices.ts";

/** Something of a program that a change touches, and by which way. */
export interface Affected {
  readonly kind: "cluster" | "action" | "trigger" | "policy" | "profile";
  readonly name: string;
  /** `its list has policy careful`, nearest first. */
  readonly through: readonly string[];
}

/** What one changed part of a program affects. */
export interface Impact {
  readonly kind: Change["kind"] | "enum" | "record";
  readonly name: string;
  readonly change: Change["change"];
  readonly affects: readonly Affected[];
}

/** A program's texts: enums and records are not in its plan. */
export interface ProgramTexts {
  readonly text: string;
  readonly imports: readonly { readonly text: string }[];
}

/**
 * What the changed parts of a program affect: clusters through their profiles and lists of policies, actions through
 * what they perform and the policies that have a say in them, triggers through what they start.
 */
export function impactOf(q: {
  readonly before: Plan | null;
  readonly after: Plan;
  readonly textsBefore: ProgramTexts | null;
  readonly textsAfter: ProgramTexts;
}): Impact[] {
  const { before, after } = q;
  const parts = diffParts(before, after)
    .filter(({ kind }) => kind !== "trigger")
    .map(({ kind, name, change }): Impact => {
      return { kind, name, change, affects: affectedBy(kind, name, change === "delete" ? before! : after) };
    });
  const shapes = changedShapes(q.textsBefore, q.textsAfter).map(({ kind, name, change }): Impact => {
    return { kind, name, change, affects: usersOfType(after, name) };
  });
  return [...shapes, ...parts];
}

function affectedBy(kind: Change["kind"], name: string, plan: Plan): Affected[] {
  const found = new Found(plan);
  switch (kind) {
    case "plugin":
      for (const [profile, { plugin }] of Object.entries(plan.profiles))
        if (plugin === name) found.profile(profile, [`it is of plugin ${name}`]);
      found.callers((step) => step.kind === "invoke" && step.plugin === name, `calls plugin ${name}`);
      break;
    case "profile":
      found.clusters((cluster) => cluster.profile === name, [`its profile is ${name}`]);
      break;
    case "policy":
      found.policy(name, []);
      break;
    case "action":
      found.performersOf(name, []);
      break;
    case "secret": {
      const marker = JSON.stringify({ $secret: name });
      for (const [profile, { properties }] of Object.entries(plan.profiles))
        if (JSON.stringify(properties).includes(marker)) found.profile(profile, [`it holds secret ${name}`]);
      const read = `"op":"secret","name":${JSON.stringify(name)}`;
      found.callers((step) => JSON.stringify(step).includes(read), `uses secret ${name}`);
      break;
    }
  }
  return found.all();
}

function usersOfType(plan: Plan, type: string): Affected[] {
  const found = new Found(plan);
  const named = new RegExp(`(?<![\\w.])${type}(?!\\w)`);
  for (const [name, action] of Object.entries(plan.actions)) {
    if (action.builtin) continue;
    const types = [...action.parameters.map((parameter) => parameter.type), action.result ?? ""];
    const written = types.some((each) => named.test(each)) || named.test(sourceOf(plan, action.at));
    if (written) found.action(name, [`it names ${type}`]);
  }
  for (const [name, policy] of Object.entries(plan.policies)) {
    if (named.test(sourceOf(plan, policy.at))) found.policy(name, [`it names ${type}`]);
  }
  return found.all();
}

function sourceOf(plan: Plan, at: { file: number; line: number; endLine: number }): string {
  const lines = plan.files[at.file]?.lines ?? {};
  const text: string[] = [];
  for (let line = at.line; line <= at.endLine; line += 1) text.push(lines[line] ?? "");
  return text.join("\n");
}

/** Enums and records whose text differs. */
function changedShapes(before: ProgramTexts | null, after: ProgramTexts) {
  const [old, now] = [shapesOf(before), shapesOf(after)];
  return [...new Set([...old.keys(), ...now.keys()])].sort().flatMap((name) => {
    const [from, to] = [old.get(name), now.get(name)];
    if (from?.text === to?.text) return [];
    const change = from === undefined ? "create" : to === undefined ? "delete" : "update";
    return [{ kind: (to ?? from)!.kind, name, change } as const];
  });
}

function shapesOf(texts: ProgramTexts | null): Map<string, { kind: "enum" | "record"; text: string }> {
  const shapes = new Map<string, { kind: "enum" | "record"; text: string }>();
  for (const { text } of texts === null ? [] : [texts, ...texts.imports]) {
    for (const node of parseProgram(text).program.declarations) {
      if (node.kind !== "Enum" && node.kind !== "RecordType") continue;
      const kind = node.kind === "Enum" ? "enum" : "record";
      shapes.set(node.name.text, {
        kind,
        text: text.slice(node.span.start, node.span.end).replaceAll(/\s+/g, " "),
      });
    }
  }
  return shapes;
}

/** Walks from what changed to all that hangs on it; each thing once, by the shortest way that came first. */
class Found {
  readonly plan: Plan;
  readonly #affected = new Map<string, Affected>();

  constructor(plan: Plan) {
    this.plan = plan;
  }

  all(): Affected[] {
    return [...this.#affected.values()];
  }

  profile(name: string, through: readonly string[]): void {
    if (!this.#add("profile", name, through)) return;
    this.clusters((cluster) => cluster.profile === name, [`its profile is ${name}`, ...through]);
  }

  clusters(which: (cluster: Plan["clusters"][string]) => boolean, through: readonly string[]): void {
    for (const [name, cluster] of Object.entries(this.plan.clusters))
      if (which(cluster)) this.#add("cluster", name, through);
  }

  /** A policy touches the clusters that list it, and the actions in which it has a say there. */
  policy(name: string, through: readonly string[]): void {
    if (through.length > 0 && !this.#add("policy", name, through)) return;
    for (const [cluster, spec] of Object.entries(this.plan.clusters)) {
      const bound = spec.policies.filter((binding) => binding.policy === name);
      if (bound.length === 0) continue;
      this.#add("cluster", cluster, [`its list has policy ${name}`, ...through]);
      for (const action of Object.keys(this.plan.actions)) {
        if (policyVoices(this.plan, bound, action).length === 0) continue;
        this.action(action, [`policy ${name} has a say in it on ${cluster}`, ...through]);
      }
    }
  }

  action(name: string, through: readonly string[]): void {
    const trigger = this.plan.actions[name]?.trigger === true;
    if (!this.#add(trigger ? "trigger" : "action", name, through)) return;
    this.performersOf(name, through);
  }

  performersOf(name: string, through: readonly string[]): void {
    this.callers((step) => step.kind === "perform" && step.action === name, `performs ${name}`, through);
  }

  /** Actions, and policies, in which such a step stands. */
  callers(
    which: (step: Parameters<Parameters<typeof visitSteps>[1]>[0]) => boolean,
    how: string,
    through: readonly string[] = [],
  ): void {
    const holds = (steps: Parameters<typeof visitSteps>[0]) => {
      let found = false;
      visitSteps(steps, (step) => {
        found ||= which(step);
      });
      return found;
    };
    for (const [name, action] of Object.entries(this.plan.actions))
      if (holds(action.body)) this.action(name, [`it ${how}`, ...through]);
    for (const [name, policy] of Object.entries(this.plan.policies))
      if (policy.hooks.some((hook) => holds(hook.body))) this.policy(name, [`it ${how}`, ...through]);
  }

  #add(kind: Affected["kind"], name: string, through: readonly string[]): boolean {
    const key = `${kind} ${name}`;
    if (this.#affected.has(key)) return false;
    this.#affected.set(key, { kind, name, through });
    return true;
  }
}
