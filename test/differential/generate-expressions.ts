import type { Random } from "./random.ts";

/** What a value may be here. */
export type Kind = "Int" | "String" | "Bool" | "Tier";

/** What a statement can see, and what it may touch without meeting another lane. */
export interface Place {
  readonly names: readonly { readonly name: string; readonly kind: Kind }[];
  /** Clusters that only this lane works on. */
  readonly clusters: readonly string[];
  /** Nodes that only this lane works on. */
  readonly nodes: readonly string[];
  /** Other lanes may be at work on nodes of the clusters: nothing of them is looked at. */
  readonly lanes: boolean;
  /** In `undo` and `ensure`: nothing that names, asks or fails on purpose. */
  readonly calm: boolean;
  readonly depth: number;
}

const texts = ["a", "b", "web:2", "web:3", ""];

/** An expression of a kind; `depth` bounds how deep it goes. */
export function expression(r: Random, place: Place, kind: Kind, depth = 2): string {
  const known = place.names.filter((name) => name.kind === kind);
  if (known.length > 0 && r.percent(40)) return r.pick(known).name;
  if (depth > 0 && r.percent(15)) return choice(r, place, kind, depth);
  switch (kind) {
    case "Int":
      return int(r, place, depth);
    case "String":
      return text(r, place, depth);
    case "Bool":
      return bool(r, place, depth);
    case "Tier":
      return `Tier.${r.pick(tiers)}`;
  }
}

export const tiers = ["small", "medium", "large"] as const;

/** `if` and `match` in an expression. */
function choice(r: Random, place: Place, kind: Kind, depth: number): string {
  const value = () => expression(r, place, kind, depth - 1);
  if (r.percent(50)) return `(if ${expression(r, place, "Bool", 1)} then ${value()} else ${value()})`;
  const subject = expression(
    r,
    { ...place, names: place.names.filter((name) => name.kind === "Tier") },
    "Tier",
    0,
  );
  return `(match ${subject} { small => ${value()}, medium, large => ${value()} })`;
}

function int(r: Random, place: Place, depth: number): string {
  const more: (readonly [number, () => string])[] = [[4, () => String(r.int(0, 4))]];
  const inner = () => expression(r, place, "Int", depth - 1);
  for (const node of place.nodes) more.push([1, () => `${node}.index`], [1, () => `${node}.profile.weight`]);
  if (place.clusters.length > 0 && !place.lanes) {
    const cluster = r.pick(place.clusters);
    more.push([1, () => `${cluster}.size`], [1, () => `${cluster}.nodes.count()`]);
    more.push([1, () => `${cluster}.nodes.count(x => x.healthy)`]);
  }
  if (depth > 0) {
    more.push([2, () => `(${inner()} + ${inner()})`], [1, () => `(${inner()} - ${inner()})`]);
    more.push([1, () => `${inner()}.max(${inner()})`]);
    if (r.percent(20)) more.push([1, () => `${inner()}.div(${inner()})`]);
  }
  return r.weighted(more)();
}

function text(r: Random, place: Place, depth: number): string {
  const more: (readonly [number, () => string])[] = [[4, () => JSON.stringify(r.pick(texts))]];
  for (const node of place.nodes) {
    more.push([2, () => `${node}.name`], [2, () => `${node}.profile.image`], [1, () => `${node}.status`]);
  }
  if (depth > 0) {
    more.push([2, () => `"v{${expression(r, place, "Int", depth - 1)}}"`]);
    more.push([1, () => `"t{${expression(r, place, "Tier", 0)}}"`]);
    more.push([1, () => `${expression(r, place, "String", depth - 1)}.upper()`]);
  }
  return r.weighted(more)();
}

function bool(r: Random, place: Place, depth: number): string {
  const more: (readonly [number, () => string])[] = [[1, () => r.pick(["true", "false"])]];
  for (const node of place.nodes) more.push([2, () => `${node}.healthy`]);
  if (depth > 0) {
    const inner = (kind: Kind) => expression(r, place, kind, depth - 1);
    const comparison = r.pick(["==", "!=", "<", "<=", ">", ">="]);
    more.push([4, () => `(${inner("Int")} ${comparison} ${inner("Int")})`]);
    more.push([2, () => `(${inner("String")} == ${inner("String")})`], [1, () => `(not ${inner("Bool")})`]);
    more.push([2, () => `(${inner("Bool")} ${r.pick(["and", "or"])} ${inner("Bool")})`]);
    more.push([1, () => `(${inner("Tier")} == ${inner("Tier")})`]);
  }
  return r.weighted(more)();
}
