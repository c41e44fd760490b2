import { expect, it } from "vitest";
import type { Step } from "../../grammar/plan.ts";
import { Checklist } from "../../workflows/checklist.ts";
import { compile } from "./memory-run.ts";

const plan = compile(`
plugin fake from "./fake" { allow state }
profile web = fake.server { image: "web:1" }
cluster shop { profile: web size: 3 in 1..10 }
action roll(cluster: Cluster<fake.server>, image: String) {
  for node in cluster.nodes batch 2 { // two at once
    node.update(image: image) undo node.stop()
  } ensure {
    emit "at" { url: "http://127.0.0.1 // here" }
  }
  wait 1s
}
`);
const [loop, wait] = plan.actions["roll"]!.body as unknown as [Step & { kind: "for" }, Step];
const update = loop.body[0] as Step;

const lines = (checklist: Checklist) =>
  checklist
    .markdown()
    .split("\n")
    .filter((line) => line !== "");

it("lists the source lines of an action before it has begun, each undo as a line of its own", () => {
  const checklist = new Checklist(plan);
  checklist.enter("roll");
  expect(lines(checklist)).toEqual([
    "**roll** · test.coppice",
    "◻ `for node in cluster.nodes batch 2` · line 6",
    "◻ \u2003`node.update(image: image) undo node.stop()` · line 7",
    "◻ \u2003\u2003`undo node.stop()` · line 7",
    '◻ \u2003`emit "at" { url: "http://127.0.0.1 // here" }` · line 9',
    "◻ `wait 1s` · line 11",
  ]);
});

it("marks what runs, and counts a step's items and failures", () => {
  const checklist = new Checklist(plan);
  checklist.enter("roll");
  checklist.start(loop);
  for (let item = 0; item < 3; item++) checklist.start(update);
  checklist.end(update, true);
  checklist.end(update, false);
  expect(lines(checklist)).toEqual(
    expect.arrayContaining([
      "▶ **`for node in cluster.nodes batch 2`** · line 6",
      "▶ \u2003**`node.update(image: image) undo node.stop()`** · line 7 · 2 of 3, 1 failed",
    ]),
  );
  checklist.end(update, true);
  checklist.end(loop, true);
  checklist.start(wait);
  checklist.end(wait, true);
  expect(lines(checklist)).toEqual(
    expect.arrayContaining([
      "✓ `for node in cluster.nodes batch 2` · line 6",
      "✗ \u2003`node.update(image: image) undo node.stop()` · line 7 · 3 of 3, 1 failed",
      "✓ `wait 1s` · line 11",
    ]),
  );
});

it("stays under what Temporal takes", () => {
  const checklist = new Checklist(
    compile(`
action long() {
${"  wait 1s\n".repeat(1500)}}
`),
  );
  checklist.enter("long");
  expect(checklist.markdown().length).toBeLessThanOrEqual(16 * 1024 + 2);
  expect(checklist.markdown()).toMatch(/\n…$/);
});
