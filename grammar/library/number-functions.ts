import { float, int, string } from "../types.ts";
import type { FunctionCall, LibraryFunction } from "./function.ts";

/** Functions of `Int` and `Float`. */
export const numberFunctions: readonly LibraryFunction[] = [
  {
    name: "Int.abs",
    receiver: int,
    parameters: [],
    result: int,
    doc: "The number without its sign.",
    run: (call) => Math.abs(call.number(0)),
  },
  {
    name: "Int.min",
    receiver: int,
    parameters: [{ name: "other", type: int }],
    result: int,
    doc: "The smaller of both.",
    run: (call) => Math.min(call.number(0), call.number(1)),
  },
  {
    name: "Int.max",
    receiver: int,
    parameters: [{ name: "other", type: int }],
    result: int,
    doc: "The larger of both.",
    run: (call) => Math.max(call.number(0), call.number(1)),
  },
  {
    name: "Int.div",
    receiver: int,
    parameters: [{ name: "by", type: int }],
    result: int,
    doc: "Whole division towards zero; fails for 0.",
    run: (call) => Math.trunc(call.number(0) / divisor(call)) + 0,
  },
  {
    name: "Int.mod",
    receiver: int,
    parameters: [{ name: "by", type: int }],
    result: int,
    doc: "What whole division leaves, with the sign of the receiver; fails for 0.",
    run: (call) => (call.number(0) % divisor(call)) + 0,
  },
  {
    name: "Int.to_float",
    receiver: int,
    parameters: [],
    result: float,
    doc: "The same number as a Float.",
    run: (call) => call.number(0),
  },
  {
    name: "Int.to_string",
    receiver: int,
    parameters: [],
    result: string,
    doc: "The number in decimal digits.",
    run: (call) => String(call.number(0)),
  },
  {
    name: "Float.abs",
    receiver: float,
    parameters: [],
    result: float,
    doc: "The number without its sign.",
    run: (call) => Math.abs(call.number(0)),
  },
  {
    name: "Float.min",
    receiver: float,
    parameters: [{ name: "other", type: float }],
    result: float,
    doc: "The smaller of both.",
    run: (call) => Math.min(call.number(0), call.number(1)),
  },
  {
    name: "Float.max",
    receiver: float,
    parameters: [{ name: "other", type: float }],
    result: float,
    doc: "The larger of both.",
    run: (call) => Math.max(call.number(0), call.number(1)),
  },
  {
    name: "Float.round",
    receiver: float,
    parameters: [],
    result: int,
    doc: "The nearest whole number; halves go up.",
    run: (call) => whole(call, Math.round(call.number(0))),
  },
  {
    name: "Float.floor",
    receiver: float,
    parameters: [],
    result: int,
    doc: "The next whole number below or equal.",
    run: (call) => whole(call, Math.floor(call.number(0))),
  },
  {
    name: "Float.ceil",
    receiver: float,
    parameters: [],
    result: int,
    doc: "The next whole number above or equal.",
    run: (call) => whole(call, Math.ceil(call.number(0))),
  },
  {
    name: "Float.to_int",
    receiver: float,
    parameters: [],
    result: int,
    doc: "The number without its fraction.",
    run: (call) => whole(call, Math.trunc(call.number(0))),
  },
];

function divisor(call: FunctionCall): number {
  const by = call.number(1);
  return by === 0
    ? call.fail("division-by-zero", "division by zero", "test the divisor before you divide")
    : by;
}

/** `+ 0` turns -0 into 0, which JSON cannot tell apart. */
function whole(call: FunctionCall, value: number): number {
  if (!Number.isSafeInteger(value)) return call.fail("number-too-large", `${value} is too large for an Int`);
  return value + 0;
}
