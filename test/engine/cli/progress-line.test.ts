import { afterEach, expect, it, vi } from "vitest";
import type { Output } from "../../../engine/cli/output.ts";
import { openProgressLine, renderProgress } from "../../../engine/cli/progress-line.ts";

afterEach(() => vi.restoreAllMocks());

function plainOutput(): Output & { notes: string[] } {
  const notes: string[] = [];
  return {
    json: false,
    color: false,
    live: false,
    line() {},
    data() {},
    note: (text) => notes.push(text),
    paint: (_style, text) => text,
    notes,
  };
}

it("draws a bar on a terminal, numbers elsewhere, and counts failures", () => {
  const progress = { label: "line 34: node.update", done: 5, total: 20, failed: 1 };
  const paint: Output["paint"] = (_style, text) => text;
  expect(renderProgress(progress, { live: true, paint })).toBe(
    "██████░░░░░░░░░░░░░░░░░░   5/20  line 34: node.update  (1 failed)",
  );
  expect(renderProgress(progress, { live: false, paint })).toBe(" 5/20  line 34: node.update  (1 failed)");
});

it("without a terminal says when a step begins, once a second, and when it is through", () => {
  const output = plainOutput();
  let now = 0;
  const line = openProgressLine(output, () => now);
  for (let done = 0; done <= 10; done++) {
    line.show({ label: "create", done, total: 10, failed: 0 });
    now += 300;
  }
  expect(output.notes).toEqual([" 0/10  create", " 4/10  create", " 8/10  create", "10/10  create"]);
});

it("rewrites one line on a terminal, and leaves lines that stay above it", () => {
  const written: string[] = [];
  vi.spyOn(process.stderr, "write").mockImplementation((text) => written.push(String(text)) > 0);
  const output: Output = { ...plainOutput(), live: true, note: (text) => written.push(`${text}\n`) };
  const line = openProgressLine(output);
  line.show({ label: "create", done: 1, total: 2, failed: 0 });
  line.say("something happened");
  line.show({ label: "create", done: 2, total: 2, failed: 0 });
  line.end();
  const clear = "\r\u001b[2K";
  expect(written).toEqual([
    expect.stringContaining("1/2"),
    clear,
    "something happened\n",
    expect.stringContaining("2/2"),
    clear,
  ]);
});
