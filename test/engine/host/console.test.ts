import { afterAll, beforeAll, expect, it } from "vitest";
import type { LoadedPlugin } from "../../../engine/host/load-plugin.ts";
import { type HostFixture, hostFixture, pluginOf } from "./host-fixture.ts";

const functions = {
  levels: `async () => {
    console.debug("a"); console.log("b"); console.info("c"); console.warn("d"); console.error("e");
    console.assert(1 === 1, "never"); console.assert(false, "but", 2);
  }`,
  formats: `async () => {
    console.log("%s is %d of %i, %j%%", "x", "2.5", "3.9", { a: 1 }, "and", [1]);
    console.log("100%", "%s");
    console.log(1n, Symbol("s"), undefined, null, NaN, () => 1, /a/g);
    const circle = { name: "c", list: [1] }; circle.self = circle;
    console.log(circle, new Map([["k", new Set([1])]]), new Uint8Array(3), { e: new RangeError("r"), d: new Date(0) });
    console.log({ get trap() { throw 1; } });
  }`,
  errors: `async () => console.error("failed:", new TypeError("outer", { cause: new Error("inner") }))`,
  groups: `async () => {
    console.group("g"); console.log("in\\nside"); console.groupEnd(); console.log("out");
    console.count(); console.count("n"); console.count(); console.countReset(); console.count();
    console.time("t"); console.timeEnd("t"); console.timeEnd("none");
  }`,
  flood: `async () => { for (let i = 0; i < 20000; i++) console.log(i); console.log("x".repeat(100000)); }`,
};
let plugin: LoadedPlugin;
let fixture: HostFixture;
beforeAll(async () => {
  plugin = await pluginOf(functions);
});
const lines = async (name: keyof typeof functions) => {
  fixture = hostFixture([plugin]);
  await fixture.invoke(plugin, name);
  await fixture.host.close();
  return fixture.logs.map(({ level, message }) => [level, message]);
};
afterAll(() => fixture.host.close());

it("has levels", async () => {
  expect(await lines("levels")).toEqual([
    ["debug", "a"],
    ["info", "b"],
    ["info", "c"],
    ["warn", "d"],
    ["error", "e"],
    ["error", "Assertion failed but 2"],
  ]);
});

it("shows any value", async () => {
  expect((await lines("formats")).map(([, message]) => message)).toEqual([
    'x is 2.5 of 3, {"a":1}% and [1]',
    "100% %s",
    "1n Symbol(s) undefined null NaN [function ] /a/g",
    '{"name":"c","list":[1],"self":"[circular]"} {"Map":[["k",{"Set":[1]}]]} [3 bytes] {"e":"RangeError: r","d":"1970-01-01T00:00:00.000Z"}',
    "(something that can't be shown)",
  ]);
});

it("shows errors with stack and cause", async () => {
  const [[level, message] = []] = await lines("errors");
  expect(level).toBe("error");
  const at = String.raw`\n {4}at Object\.errors \(plugin\.ts:\d+:\d+\)`;
  expect(message).toMatch(new RegExp(`^failed: TypeError: outer${at}\nCaused by: Error: inner${at}$`));
});

it("groups, counts and measures", async () => {
  expect((await lines("groups")).map(([, message]) => message?.replace(/\d+ ms/, "N ms"))).toEqual([
    "g",
    "  in\n  side",
    "out",
    "default: 1",
    "n: 1",
    "default: 2",
    "default: 1",
    "t: N ms",
  ]);
});

it("is bounded", async () => {
  expect((await lines("flood")).length).toBe(10_000);
});
