import { createContext, runInContext } from "node:vm";
import { describe, expect, it } from "vitest";
import { lootSource } from "./loot.ts";

/** Runs the detector inside a context of `node:vm`, which leaks whatever it is given. */
function lootIn(leaks: Readonly<Record<string, unknown>>, expression: string): string[] {
  const context = createContext({ ...leaks });
  return [...runInContext(`${lootSource}\nloot(${expression})`, context)];
}

describe("the detector that all attacks use", () => {
  it("is content with what belongs to the realm", () => {
    expect(lootIn({}, "{ a: [1, { b: new Map() }] }, () => 1, new Error('x'), Object.create(null)")).toEqual(
      [],
    );
    expect(lootIn({}, "async () => {}, function* () {}, new Proxy({}, {}), new Uint8Array(2)")).toEqual([]);
  });

  it.each([
    ["an object of the host", { leak: { deep: {} } }, "leak"],
    ["a function of the host", { leak: () => 1 }, "{ hidden: leak }"],
    ["an error of the host", { leak: new Error("x") }, "{ cause: leak }"],
    ["an array of the host behind a symbol", { leak: [1] }, "{ [Symbol('s')]: leak }"],
    ["an object behind a getter", { leak: { a: 1 } }, "{ get x() { return leak; } }"],
    ["an object that a getter throws", { leak: { a: 1 } }, "{ get x() { throw leak; } }"],
    ["Node's process", { leak: process }, "leak"],
    ["something that looks like a reference", {}, "{ applySync() {} }"],
    ["something tagged as a callback", {}, "{ [Symbol.toStringTag]: 'Callback' }"],
  ])("finds %s", (_name, leaks, expression) => expect(lootIn(leaks, expression).length).toBeGreaterThan(0));
});
