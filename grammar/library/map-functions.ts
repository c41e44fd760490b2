import type { Value } from "../plan.ts";
import { any, bool, float, int, listOf, mapOf, optional, string, variable } from "../types.ts";
import type { FunctionCall, LibraryFunction } from "./function.ts";

const T = variable("T");
const map = mapOf(T);

/** Functions of `Map<T>`. Keys are always walked in code unit order. */
export const mapFunctions: readonly LibraryFunction[] = [
  {
    name: "Map.keys",
    receiver: map,
    parameters: [],
    result: listOf(string),
    doc: "The keys in order.",
    run: (call) => sortedKeys(call),
  },
  {
    name: "Map.values",
    receiver: map,
    parameters: [],
    result: listOf(T),
    doc: "The values in the order of their keys.",
    run: (call) => sortedKeys(call).map((key) => call.record(0)[key] ?? null),
  },
  {
    name: "Map.get",
    receiver: map,
    parameters: [{ name: "key", type: string }],
    result: optional(T),
    doc: "The value of the key; none if it isn't there.",
    run: (call) =>
      Object.hasOwn(call.record(0), call.text(1)) ? (call.record(0)[call.text(1)] ?? null) : null,
  },
  {
    name: "Map.has",
    receiver: map,
    parameters: [{ name: "key", type: string }],
    result: bool,
    doc: "Whether the key is there; the same as `key in map`.",
    run: (call) => Object.hasOwn(call.record(0), call.text(1)),
  },
  {
    name: "Map.count",
    receiver: map,
    parameters: [],
    result: int,
    doc: "How many keys there are.",
    run: (call) => Object.keys(call.record(0)).length,
  },
];

/** Functions of `Any`, which fail with `wrong-shape` where the JSON isn't what they ask for. */
export const anyFunctions: readonly LibraryFunction[] = [
  {
    name: "Any.field",
    receiver: any,
    parameters: [{ name: "name", type: string }],
    result: any,
    doc: "The field of a record; none if it isn't there.",
    run: (call) => {
      const record = recordOf(call);
      return Object.hasOwn(record, call.text(1)) ? (record[call.text(1)] ?? null) : null;
    },
  },
  {
    name: "Any.as_string",
    receiver: any,
    parameters: [],
    result: string,
    doc: "The text that it is; fails for anything else.",
    run: (call) => expectShape(call, "a String", (value) => typeof value === "string"),
  },
  {
    name: "Any.as_int",
    receiver: any,
    parameters: [],
    result: int,
    doc: "The whole number that it is; fails for anything else.",
    run: (call) => expectShape(call, "an Int", (value) => Number.isSafeInteger(value)),
  },
  {
    name: "Any.as_float",
    receiver: any,
    parameters: [],
    result: float,
    doc: "The number that it is; fails for anything else.",
    run: (call) => expectShape(call, "a Float", (value) => typeof value === "number"),
  },
  {
    name: "Any.as_bool",
    receiver: any,
    parameters: [],
    result: bool,
    doc: "The truth value that it is; fails for anything else.",
    run: (call) => expectShape(call, "a Bool", (value) => typeof value === "boolean"),
  },
  {
    name: "Any.as_list",
    receiver: any,
    parameters: [],
    result: listOf(any),
    doc: "The list that it is; fails for anything else.",
    run: (call) => expectShape(call, "a List", (value) => Array.isArray(value)),
  },
  {
    name: "Any.as_map",
    receiver: any,
    parameters: [],
    result: mapOf(any),
    doc: "The record that it is, as a map; fails for anything else.",
    run: (call) => recordOf(call),
  },
  {
    name: "Any.is_none",
    receiver: any,
    parameters: [],
    result: bool,
    doc: "Whether there is nothing.",
    run: (call) => call.value(0) === null,
  },
  {
    name: "Any.is_true",
    receiver: any,
    parameters: [],
    result: bool,
    doc: "Whether it is true, or a text that says so.",
    run: (call) => call.value(0) === true || /^true$/i.test(String(call.value(0))),
  },
];

function sortedKeys(call: FunctionCall): readonly string[] {
  const keys = Object.keys(call.record(0));
  call.charge(keys.length);
  return keys.sort();
}

function recordOf(call: FunctionCall): Readonly<Record<string, Value>> {
  expectShape(
    call,
    "a record",
    (value) => typeof value === "object" && value !== null && !Array.isArray(value),
  );
  return call.record(0);
}

function expectShape(call: FunctionCall, wanted: string, fits: (value: Value) => boolean): Value {
  const value = call.value(0);
  if (fits(value)) return value;
  const text = JSON.stringify(value);
  const shown = text.length > 60 ? `${text.slice(0, 57)}...` : text;
  return call.fail("wrong-shape", `expected ${wanted}, got ${value === null ? "none" : shown}`);
}
