import { RE2JS } from "re2js";

/** Tests whole texts against a plugin's pattern. */
export interface WholePattern {
  matches(text: string): boolean;
}

/**
 * A plugin's pattern, over the whole text, in time linear in it whatever the pattern: `(a+)+b` must not stall whoever
 * compiles a program. `undefined` for one that is no regular expression, or looks around or back, which no linear engine
 * can. (`plugins/sdk` has the same: neither folder imports the other.)
 */
export function wholePattern(source: string): WholePattern | undefined {
  const known = patterns.get(source);
  if (known !== undefined) return known;
  const made = create(source);
  if (made !== undefined) patterns.set(source, made);
  return made;
}

const patterns = new Map<string, WholePattern>();

function create(source: string): WholePattern | undefined {
  try {
    const native = new RegExp(`^(?:${source})$`, "u");
    if (isSimple(source)) return { matches: (text) => native.test(text) };
    const linear = RE2JS.compile(RE2JS.translateRegExp(source));
    return { matches: (text) => linear.matches(text) };
  } catch {
    return undefined;
  }
}

/** No groups and one repetition at most: there JavaScript's own engine is linear too, and ten times as fast. */
function isSimple(source: string): boolean {
  return !source.includes("(") && (source.match(/[*+?{]/g)?.length ?? 0) <= 1;
}
