import type { Json, Value } from "../plan.ts";

/** Deep equality; the order of a record's fields doesn't matter. */
export function equalValues(a: Value, b: Value): boolean {
  if (a === b) return true;
  if (a === null || b === null || typeof a !== "object" || typeof b !== "object") return false;
  if (isList(a)) {
    return (
      isList(b) && a.length === b.length && a.every((item, index) => equalValues(item, b[index] ?? null))
    );
  }
  if (isList(b)) return false;
  const left = a as Readonly<Record<string, Json>>;
  const right = b as Readonly<Record<string, Json>>;
  const names = Object.keys(left);
  if (names.length !== Object.keys(right).length) return false;
  return names.every(
    (name) => Object.hasOwn(right, name) && equalValues(left[name] ?? null, right[name] ?? null),
  );
}

/**
 * The order of sorting: none first, false before true, numbers, texts by UTF-16 code unit (no locale), lists item by
 * item. Values of different kinds, which checked programs don't compare, stand in the order of this list.
 */
export function compareValues(a: Value, b: Value): number {
  const rank = rankOf(a) - rankOf(b);
  if (rank !== 0) return rank;
  if (typeof a === "number" && typeof b === "number") return a - b;
  if (typeof a === "boolean" && typeof b === "boolean") return Number(a) - Number(b);
  if (typeof a === "string" && typeof b === "string") return a < b ? -1 : a > b ? 1 : 0;
  if (isList(a) && isList(b)) {
    for (let index = 0; index < a.length && index < b.length; index += 1) {
      const order = compareValues(a[index] ?? null, b[index] ?? null);
      if (order !== 0) return order;
    }
    return a.length - b.length;
  }
  return 0;
}

/** Whether a value is a list; narrows, which `Array.isArray` doesn't do for readonly arrays. */
export function isList(value: Value): value is readonly Json[] {
  return Array.isArray(value);
}

function rankOf(value: Value): number {
  if (value === null) return 0;
  if (typeof value === "boolean") return 1;
  if (typeof value === "number") return 2;
  if (typeof value === "string") return 3;
  return isList(value) ? 4 : 5;
}
