import type { SpecMap } from "../spec-value.ts";

/** The line of a property, down a dotted path; of the nearest mapping above it where it isn't there. */
export function lineOfField(map: SpecMap, path: string): number {
  let at = map;
  let line = map.line;
  for (const name of path.split(".")) {
    const field = at.fields.find((each) => each.name === name);
    if (field === undefined) return line;
    line = field.line;
    if (field.value.kind !== "map") return line;
    at = field.value;
  }
  return line;
}
