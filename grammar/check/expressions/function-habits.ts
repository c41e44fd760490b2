/** What other languages call functions of this one, by the kind of their receiver. */
const habits: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  List: {
    length: "count",
    len: "count",
    size: "count",
    includes: "contains",
    has: "contains",
    where: "filter",
    select: "filter",
    collect: "map",
    find: "first",
    head: "first",
    some: "any",
    exists: "any",
    every: "all",
    sorted: "sort",
    order_by: "sort",
    sort_by: "sort",
    reversed: "reverse",
    unique: "distinct",
    uniq: "distinct",
    slice: "take",
    limit: "take",
    drop: "skip",
    empty: "is_empty",
  },
  Map: { length: "count", len: "count", size: "count", contains: "has", includes: "has", items: "values" },
  String: {
    len: "length",
    size: "length",
    count: "length",
    toUpperCase: "upper",
    uppercase: "upper",
    toLowerCase: "lower",
    lowercase: "lower",
    strip: "trim",
    includes: "contains",
    startsWith: "starts_with",
    startswith: "starts_with",
    endsWith: "ends_with",
    endswith: "ends_with",
    empty: "is_empty",
    replaceAll: "replace",
  },
  Float: { ceiling: "ceil", trunc: "to_int", toInt: "to_int" },
  Int: { toString: "to_string", toFloat: "to_float", rem: "mod" },
};

/** The function of ours that another language's name stands for: `length` of a List is `count`. */
export function functionMeant(kind: string, name: string): string | undefined {
  const ofKind = Object.hasOwn(habits, kind) ? habits[kind] : undefined;
  return ofKind !== undefined && Object.hasOwn(ofKind, name) ? ofKind[name] : undefined;
}
