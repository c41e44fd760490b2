import { isAlias, isMap, isScalar, isSeq, type LineCounter, type Node, type Scalar } from "yaml";

/** A value of a spec, with its line and the comments that belong to it. Anchors and aliases are resolved. */
export type SpecValue = SpecScalar | SpecList | SpecMap;

export interface SpecScalar {
  readonly kind: "scalar";
  readonly line: number;
  readonly value: string | number | boolean | null;
  readonly node: Scalar;
}

export interface SpecList {
  readonly kind: "list";
  readonly line: number;
  readonly items: readonly SpecValue[];
}

export interface SpecMap {
  readonly kind: "map";
  readonly line: number;
  readonly fields: readonly SpecField[];
  /** What stands above its first field. */
  readonly comments?: readonly string[];
}

export interface SpecField {
  readonly name: string;
  readonly line: number;
  readonly comments: readonly string[];
  readonly value: SpecValue;
}

/** What a YAML node says. Dates and other rare scalars are their text. */
export function asValue(node: Node, lines: LineCounter): SpecValue {
  return convert(node, lines, 0);
}

const deepest = 50;

function convert(node: unknown, lines: LineCounter, depth: number): SpecValue {
  const line = lineOf(node, lines);
  if (isMap(node) && depth < deepest) {
    const fields = node.items.map((pair, index): SpecField => {
      const key = pair.key;
      const value = convert(pair.value, lines, depth + 1);
      // the comment above a map's first key belongs to the map in YAML's reading
      const above = index === 0 ? commentLines(node.commentBefore) : [];
      return {
        name: isScalar(key) ? String(key.value) : String(key),
        line: lineOf(key, lines),
        comments: [...above, ...commentsOf(key), ...commentsOf(pair.value)],
        value,
      };
    });
    return { kind: "map", line, fields };
  }
  if (isSeq(node) && depth < deepest) {
    return { kind: "list", line, items: node.items.map((item) => convert(item, lines, depth + 1)) };
  }
  if (isScalar(node)) return { kind: "scalar", line, value: plain(node.value), node };
  if (isAlias(node)) return { kind: "scalar", line, value: `*${node.source}`, node: emptyScalar() };
  return { kind: "scalar", line, value: null, node: emptyScalar() };
}

/** Comments at a key or value. Those of a list's plain items stand with the field; a map's are at its first key. */
function commentsOf(node: unknown): string[] {
  if (isScalar(node)) return [...commentLines(node.commentBefore), ...commentLines(node.comment)];
  if (!isSeq(node)) return [];
  return [...commentLines(node.commentBefore), ...node.items.filter(isScalar).flatMap(commentsOf)];
}

function plain(value: unknown): string | number | boolean | null {
  if (typeof value === "string" || typeof value === "number" || typeof value === "boolean") return value;
  return value === null || value === undefined ? null : String(value);
}

function lineOf(node: unknown, lines: LineCounter): number {
  const start = (node as { range?: readonly number[] } | null)?.range?.[0];
  return start === undefined ? 1 : lines.linePos(start).line;
}

function emptyScalar(): Scalar {
  return { value: null } as Scalar; // only its source is ever read, which is none
}

/** The value of a field, `undefined` where it is missing or null. */
export function field(map: SpecMap | undefined, name: string): SpecValue | undefined {
  const value = map?.fields.find((each) => each.name === name)?.value;
  return value?.kind === "scalar" && value.value === null ? undefined : value;
}

/** A mapping's field that is a mapping itself. */
export function mapField(map: SpecMap | undefined, name: string): SpecMap | undefined {
  const value = field(map, name);
  return value?.kind === "map" ? value : undefined;
}

/** A list's items, `[]` where it is missing. */
export function listField(map: SpecMap | undefined, name: string): readonly SpecValue[] {
  const value = field(map, name);
  return value?.kind === "list" ? value.items : [];
}

/** A text; numbers and Booleans are written as texts, as Senlin's String does. */
export function textField(map: SpecMap | undefined, name: string, otherwise: string): string {
  const value = field(map, name);
  return value?.kind === "scalar" ? String(value.value) : otherwise;
}

/** A whole number, also written as text, as Senlin's Integer takes it; what isn't one is `otherwise`. */
export function intField(map: SpecMap | undefined, name: string, otherwise: number): number {
  const value = field(map, name);
  const number = value?.kind === "scalar" ? Number(value.value) : Number.NaN;
  return Number.isFinite(number) ? Math.trunc(number) : otherwise;
}

/** A Boolean, also as one of the words that Senlin takes. */
export function boolField(map: SpecMap | undefined, name: string, otherwise: boolean): boolean {
  const value = field(map, name);
  const word = value?.kind === "scalar" ? String(value.value).toLowerCase() : "";
  if (["true", "t", "yes", "y", "on", "1"].includes(word)) return true;
  if (["false", "f", "no", "n", "off", "0"].includes(word)) return false;
  return otherwise;
}

/** The lines of YAML comments, without `#`. */
export function commentLines(comment: string | null | undefined): string[] {
  return (comment ?? "")
    .split("\n")
    .map((line) => line.trim())
    .filter((line) => line !== "");
}
