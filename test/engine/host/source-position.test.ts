import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { EngineName } from "../../../engine/host/guest/room.ts";
import type { LoadedPlugin } from "../../../engine/host/load-plugin.ts";
import type { HostFailure } from "../../../engine/host/plugin-host.ts";
import { sourceFrame } from "../../../engine/host/source-frame.ts";
import { type HostFixture, hostFixture, pluginOf } from "./host-fixture.ts";

const top = `async function outer(): Promise<number> {
  await Promise.resolve();
  return 1 + (await inner());
}
async function inner(): Promise<number> {
  await new Promise((resolve) => setTimeout(resolve, 1));
  throw new TypeError("lost");
}
`;
const functions = {
  later: "async () => outer()",
  at_once: "async () => { null.x; }",
  in_callback: "async () => [1, 2].map((n) => { if (n === 2) throw new RangeError('two'); return n; })",
  with_cause: "async () => { throw new Error('outside', { cause: new Error('inside') }); }",
  text: "async () => { throw 'only a text'; }",
};

describe.each<EngineName>(["isolated-vm", "quickjs"])("a bug under %s", (engine) => {
  let plugin: LoadedPlugin;
  let fixture: HostFixture;
  beforeAll(async () => {
    plugin = await pluginOf(functions, { top });
    fixture = hostFixture([plugin], { engine });
  });
  afterAll(() => fixture.host.close());
  const failure = async (name: keyof typeof functions) =>
    (await fixture.invoke(plugin, name).catch((e: HostFailure) => e)) as HostFailure;

  it("shows the line where it was, and the lines around it", async () => {
    const { message, trace } = await failure("in_callback");
    expect(message).toMatch(/in_callback: RangeError: two at plugin\.ts:\d+:\d+$/);
    expect(trace).toMatch(/^RangeError: two\n {4}at /);
    expect(trace).toContain("throw new RangeError('two')");
    const [, line, column] = /plugin\.ts:(\d+):(\d+)/.exec(String(trace)) ?? [];
    const lines = String(trace).split("\n");
    const shown = lines.find((each) => each.startsWith(` ${line} | `)) ?? "";
    const caret = lines.find((each) => each.endsWith("^")) ?? "";
    expect(caret.indexOf("^") - caret.indexOf("|") - 1).toBe(Number(column));
    expect(shown.slice(caret.indexOf("^"))).toMatch(/^(new RangeError|RangeError|throw|\()/);
  });

  it("shows who waited for it, too", async () => {
    const { trace } = await failure("later");
    expect(trace).toMatch(/^TypeError: lost\n {4}at inner \(plugin\.ts:\d+:\d+\)/);
    if (engine === "isolated-vm") expect(trace).toMatch(/\n {4}at async outer \(plugin\.ts:\d+:\d+\)/);
    expect(trace).toContain('throw new TypeError("lost");');
  });

  it("shows nothing of ours and nothing of this machine", async () => {
    for (const name of ["later", "at_once", "in_callback", "with_cause"] as const) {
      const { message, trace } = await failure(name);
      expect(`${message}\n${trace}`).not.toMatch(/coppice:entry|\/tmp|\/work|\/home|node:/);
    }
  });

  it("is told without a place where there is none", async () => {
    const { message, trace } = await failure("text");
    expect(message).toBe("bug in plugin probe 1.0.0: text: Error: threw only a text");
    expect(trace).toBeUndefined();
  });
});

it("cuts a frame at the ends of a file, and long lines", () => {
  const text = `${"a".repeat(300)}\nb\nc\nd`;
  const frame = (line: number, column: number) => sourceFrame(text, { source: "x.ts", line, column });
  expect(frame(4, 1)).toBe(" 2 | b\n 3 | c\n 4 | d\n   | ^");
  expect(frame(1, 3)).toBe(` 1 | ${"a".repeat(160)}\n   |   ^\n 2 | b\n 3 | c`);
  expect(frame(1, 250)).toBe(` 1 | ${"a".repeat(160)}\n 2 | b\n 3 | c`);
});
