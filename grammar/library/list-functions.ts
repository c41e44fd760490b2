import { compareValues, equalValues, isList } from "../evaluate/compare-values.ts";
import { showValue } from "../evaluate/show-value.ts";
import type { Value } from "../plan.ts";
import { bool, int, lambda, listOf, mapOf, optional, sortKey, string, variable } from "../types.ts";
import type { FunctionCall, LibraryFunction } from "./function.ts";

const T = variable("T");
const U = variable("U");
const list = listOf(T);
const test = lambda([T], bool);

/** Functions of `List<T>`. */
export const listFunctions: readonly LibraryFunction[] = [
  {
    name: "List.count",
    receiver: list,
    parameters: [{ name: "where", type: test, optional: true }],
    result: int,
    doc: "How many items there are, or how many pass the test.",
    run: (call) => (call.has(1) ? keep(call).length : call.list(0).length),
  },
  {
    name: "List.filter",
    receiver: list,
    parameters: [{ name: "where", type: test }],
    result: list,
    doc: "The items that pass the test, in order.",
    run: (call) => keep(call),
  },
  {
    name: "List.map",
    receiver: list,
    parameters: [{ name: "to", type: lambda([T], U) }],
    result: listOf(U),
    doc: "What the lambda makes of each item.",
    run: (call) => {
      const to = call.lambda(1);
      return call.list(0).map((item) => to(item));
    },
  },
  {
    name: "List.sort",
    receiver: list,
    parameters: [{ name: "by", type: lambda([T], sortKey) }],
    result: list,
    doc: "The items by ascending key; equal keys keep their order, false comes before true, and a list of keys decides item by item.",
    run: (call) => {
      const by = call.lambda(1);
      const keyed = call.list(0).map((item) => ({ item, key: by(item) }));
      call.charge(keyed.length * Math.ceil(Math.log2(keyed.length + 1)));
      return keyed.sort((a, b) => compareValues(a.key, b.key)).map(({ item }) => item);
    },
  },
  {
    name: "List.reverse",
    receiver: list,
    parameters: [],
    result: list,
    doc: "The items from last to first.",
    run: (call) => [...call.list(0)].reverse(),
  },
  {
    name: "List.to_map",
    receiver: list,
    parameters: [
      { name: "key", type: lambda([T], string) },
      { name: "value", type: lambda([T], U) },
    ],
    result: mapOf(U),
    doc: "A map with an entry for each item; of several with one key the last counts.",
    run: (call) => {
      const key = call.lambda(1);
      const value = call.lambda(2);
      return Object.fromEntries(call.list(0).map((item) => [String(key(item)), value(item)]));
    },
  },
  {
    name: "List.shuffle",
    receiver: list,
    parameters: [{ name: "seed", type: string }],
    result: list,
    doc: "The items in an order that looks random and is the same for the same seed.",
    run: (call) => {
      const random = randomFrom(call.text(1));
      call.charge(call.list(0).length);
      const items = [...call.list(0)];
      for (let at = items.length - 1; at > 0; at -= 1) {
        const other = Math.floor(random() * (at + 1));
        [items[at], items[other]] = [items[other]!, items[at]!];
      }
      return items;
    },
  },
  {
    name: "List.first",
    receiver: list,
    parameters: [{ name: "where", type: test, optional: true }],
    result: optional(T),
    doc: "The first item, or the first that passes the test; none if there is none.",
    run: (call) => {
      if (!call.has(1)) return call.list(0)[0] ?? null;
      const where = call.lambda(1);
      return call.list(0).find((item) => where(item) === true) ?? null;
    },
  },
  {
    name: "List.last",
    receiver: list,
    parameters: [],
    result: optional(T),
    doc: "The last item; none if the list is empty.",
    run: (call) => call.list(0).at(-1) ?? null,
  },
  {
    name: "List.take",
    receiver: list,
    parameters: [{ name: "count", type: int }],
    result: list,
    doc: "At most so many items from the front; none of them for a count below 1.",
    run: (call) => call.list(0).slice(0, Math.max(0, call.number(1))),
  },
  {
    name: "List.skip",
    receiver: list,
    parameters: [{ name: "count", type: int }],
    result: list,
    doc: "All items but so many from the front.",
    run: (call) => call.list(0).slice(Math.max(0, call.number(1))),
  },
  {
    name: "List.any",
    receiver: list,
    parameters: [{ name: "where", type: test }],
    result: bool,
    doc: "Whether at least one item passes the test; false for an empty list.",
    run: (call) => {
      const where = call.lambda(1);
      return call.list(0).some((item) => where(item) === true);
    },
  },
  {
    name: "List.all",
    receiver: list,
    parameters: [{ name: "where", type: test }],
    result: bool,
    doc: "Whether every item passes the test; true for an empty list.",
    run: (call) => {
      const where = call.lambda(1);
      return call.list(0).every((item) => where(item) === true);
    },
  },
  {
    name: "List.contains",
    receiver: list,
    parameters: [{ name: "item", type: T }],
    result: bool,
    doc: "Whether an equal item is in the list; the same as `item in list`.",
    run: (call) => call.list(0).some((item) => equalValues(item, call.value(1))),
  },
  {
    name: "List.distinct",
    receiver: list,
    parameters: [],
    result: list,
    doc: "The items without repeats: the first of equal ones stays.",
    run: (call) => distinct(call),
  },
  {
    name: "List.flatten",
    receiver: listOf(list),
    parameters: [],
    result: list,
    doc: "The items of all inner lists, one after another.",
    run: (call) =>
      call.list(0).flatMap((inner) => {
        if (!isList(inner)) return [inner];
        call.charge(inner.length);
        return inner;
      }),
  },
  {
    name: "List.join",
    receiver: list,
    requires: "text",
    parameters: [{ name: "between", type: string, optional: true }],
    result: string,
    doc: "The items as one text, with `between` (`, ` when left out) between them.",
    run: (call) => {
      const between = call.has(1) ? call.text(1) : ", ";
      const texts = call.list(0).map((item) => showValue(item, "plain"));
      call.charge(
        texts.length + Math.ceil(texts.reduce((sum, text) => sum + text.length + between.length, 0) / 64),
      );
      return texts.join(between);
    },
  },
  {
    name: "List.sum",
    receiver: list,
    requires: "summable",
    parameters: [],
    result: T,
    doc: "The sum of numbers, durations, sizes or percents; 0 for an empty list.",
    run: (call) => {
      const sum = call
        .list(0)
        .reduce<number>((total, item) => total + (typeof item === "number" ? item : 0), 0);
      if (!Number.isFinite(sum)) return call.fail("number-too-large", "the sum is too large");
      return sum;
    },
  },
  {
    name: "List.min",
    receiver: list,
    requires: "sortable",
    parameters: [],
    result: optional(T),
    doc: "The smallest item; none if the list is empty.",
    run: (call) => extreme(call, -1),
  },
  {
    name: "List.max",
    receiver: list,
    requires: "sortable",
    parameters: [],
    result: optional(T),
    doc: "The largest item; none if the list is empty.",
    run: (call) => extreme(call, 1),
  },
  {
    name: "List.is_empty",
    receiver: list,
    parameters: [],
    result: bool,
    doc: "Whether there are no items.",
    run: (call) => call.list(0).length === 0,
  },
];

function keep(call: FunctionCall): readonly Value[] {
  const where = call.lambda(1);
  return call.list(0).filter((item) => where(item) === true);
}

function extreme(call: FunctionCall, sign: 1 | -1): Value {
  let best: Value = null;
  for (const [index, item] of call.list(0).entries()) {
    if (index === 0 || compareValues(item, best) * sign > 0) best = item;
  }
  return best;
}

/** Linear for texts and numbers; other values are compared one by one, which the step budget pays for. */
function distinct(call: FunctionCall): readonly Value[] {
  const seen = new Set<Value>();
  const found: Value[] = [];
  for (const item of call.list(0)) {
    if (item !== null && typeof item === "object") {
      call.charge(found.length);
      if (found.some((other) => equalValues(other, item))) continue;
    } else if (seen.has(item)) continue;
    seen.add(item);
    found.push(item);
  }
  return found;
}

/** Numbers from 0 to 1 that a text decides (mulberry32 over an FNV-1a hash): no luck is needed, only variety. */
function randomFrom(seed: string): () => number {
  let state = 0x811c9dc5;
  for (let index = 0; index < seed.length; index += 1)
    state = Math.imul(state ^ seed.charCodeAt(index), 0x01000193) >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
  };
}
