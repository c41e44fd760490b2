import type { Random } from "./random.ts";

/** What a value may be here. */
export type Kind = "Int" | "String" | "Bool" | "Tier" | "Spot" | "Map" | "Time" | "Secret";

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
    case "Spot":
      return spot(r, place, depth);
    case "Map":
      return map(r, place, depth);
    case "Time":
      return r.pick(['time("2026-01-31 23:59")', 'time("2028-02-29 00:00:01")', "(now() + 1h)"]);
    case "Secret":
      return "token";
  }
}

/** `record Spot { n: Int, t: String, mark: Int?, tiers: List<Tier> }`, in parentheses, since it may come before a block. */
function spot(r: Random, place: Place, depth: number): string {
  const value = (kind: Kind) => expression(r, place, kind, depth - 1);
  const mark = r.percent(50) ? `, mark: ${value("Int")}` : "";
  const some = Array.from({ length: r.int(0, 2) }, () => value("Tier")).join(", ");
  return `(Spot { n: ${value("Int")}, t: ${value("String")}${mark}, tiers: [${some}] })`;
}

const keys = ["a", "b", '"b-c"'] as const;

/** `record Marks { of: Map<Int> }`: a field says that it is a map, while a literal alone is a record. */
function map(r: Random, place: Place, depth: number): string {
  const some = keys.filter(() => r.percent(60));
  const fields = some.map((key) => `${key}: ${expression(r, place, "Int", depth - 1)}`);
  return `(Marks { of: { ${fields.join(", ")} } }).of`;
}

/** A name of a kind, for what is only ever read from one. */
function named(r: Random, place: Place, kind: Kind): string | undefined {
  const known = place.names.filter((name) => name.kind === kind);
  return known.length === 0 ? undefined : r.pick(known).name;
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
  const [spot, map, time] = (["Spot", "Map", "Time"] as const).map((kind) => named(r, place, kind));
  if (spot !== undefined)
    more.push(
      [2, () => `${spot}.n`],
      [1, () => `(${spot}.mark ?? 7)`],
      [1, () => `(if ${spot}.mark != none then ${spot}.mark + 1 else 0)`],
      [1, () => `${spot}.tiers.count()`],
    );
  if (map !== undefined) {
    more.push(
      [2, () => `${map}.count()`],
      [1, () => `(${map}.a ?? 0)`],
      [1, () => `(${map}.get("b-c") ?? 1)`],
    );
    more.push([1, () => `${map}.values().sum()`]);
    if (r.percent(20)) more.push([3, () => `${map}["${r.pick(["a", "b"])}"]`]);
  }
  if (time !== undefined && depth > 0)
    more.push([1, () => `(if ${time} < time("2027-01-01 00:00") then 1 else 2)`]);
  if (depth > 0) more.push([1, () => 'time("2026-03-29 01:30").hour()']);
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
  for (const cluster of place.clusters)
    more.push(
      [1, () => `(${cluster}.labels.get("env") ?? "no env")`],
      [1, () => `${cluster}.labels["tier-x"]`],
    );
  const [spot, map] = (["Spot", "Map"] as const).map((kind) => named(r, place, kind));
  if (spot !== undefined)
    more.push([2, () => `${spot}.t`], [1, () => `"{${spot}.tiers.map(x => "{x}").join("+")}"`]);
  if (map !== undefined) more.push([1, () => `${map}.keys().join(",")`]);
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
  const [spot, map, moment] = (["Spot", "Map", "Time"] as const).map((kind) => named(r, place, kind));
  if (map !== undefined) more.push([1, () => `("b" in ${map})`], [1, () => `${map}.has("b-c")`]);
  if (spot !== undefined) more.push([1, () => `(Tier.small in ${spot}.tiers)`]);
  if (spot !== undefined && depth > 0)
    more.push([1, () => `(${spot} == ${expression(r, place, "Spot", 0)})`]);
  more.push([1, () => "(now() - now() < 1s)"], [1, () => '(now() > time("2020-02-02 02:02"))']);
  if (moment !== undefined) more.push([1, () => `(${moment} - now() < 99999d)`]);
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
