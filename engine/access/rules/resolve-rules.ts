import type { Check } from "./check.ts";

/** A rule that can't be kept as it is. */
export interface RuleMistake {
  readonly rule: string;
  readonly message: string;
  /** What it names and isn't there. */
  readonly missing?: string;
}

/** Rules that name others which don't exist, and rules that lead back to themselves; one mistake each. */
export function mistakesAmong(rules: ReadonlyMap<string, Check>): RuleMistake[] {
  const mistakes: RuleMistake[] = [];
  for (const [rule, check] of rules) {
    for (const missing of namesIn(check)) {
      if (!rules.has(missing)) mistakes.push({ rule, missing, message: `there is no rule "${missing}"` });
    }
  }
  const sound = new Set<string>();
  const visit = (name: string, trail: readonly string[]): void => {
    const at = trail.indexOf(name);
    if (at >= 0) {
      const circle = [...trail.slice(at), name];
      if (circle.some((each) => sound.has(each))) return;
      mistakes.push({ rule: name, message: `it leads back to itself: ${circle.join(" -> ")}` });
      for (const each of circle) sound.add(each); // said once
      return;
    }
    if (sound.has(name)) return;
    const check = rules.get(name);
    if (check !== undefined) for (const each of namesIn(check)) visit(each, [...trail, name]);
    sound.add(name);
  };
  for (const name of rules.keys()) visit(name, []);
  return mistakes;
}

/** Names of the rules that a check stands on. */
function namesIn(check: Check): string[] {
  switch (check.kind) {
    case "rule":
      return [check.name];
    case "not":
      return namesIn(check.check);
    case "and":
    case "or":
      return check.checks.flatMap(namesIn);
    default:
      return [];
  }
}
