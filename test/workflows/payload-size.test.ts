import { expect, it } from "vitest";
import { expectFits, maximumPayload } from "../../workflows/payload-size.ts";
import { runInMemory } from "./memory-run.ts";

it("passes what fits and refuses what doesn't", () => {
  expect(() => expectFits("it", { a: "x".repeat(maximumPayload - 100) })).not.toThrow();
  expect(() => expectFits("it", { a: "x".repeat(maximumPayload) })).toThrow("it is larger than 512 KiB");
  expect(() => expectFits("it", ["é".repeat(maximumPayload * 0.6)])).toThrow("larger");
  expect(() => expectFits("it", ["\u0001".repeat(maximumPayload / 4)])).toThrow("larger");
  expect(() => expectFits("it", { ["x".repeat(maximumPayload)]: 1 })).toThrow("larger");
});

it("never counts fewer bytes than the JSON has", () => {
  for (const value of ['"\\\n', "é€😀", [1, null, true, "a"], { a: { b: ["c"] } }]) {
    const many = Array.from({ length: 60_000 }, () => value);
    if (Buffer.byteLength(JSON.stringify(many)) <= maximumPayload) continue;
    expect(() => expectFits("it", many), JSON.stringify(value)).toThrow("larger");
  }
});

it("looks no further than the bound into a list that shares its parts", () => {
  let list: unknown[] = [1, 2, 3, 4, 5, 6, 7, 8, 9, 10];
  for (let level = 0; level < 30; level++) list = Array.from({ length: 10 }, () => list);
  expect(() => expectFits("it", list)).toThrow("larger");
});

const program = (body: string) => `
plugin fake from "./fake" { allow state }
profile web = fake.server { image: "web:1" }
cluster shop { profile: web size: 1 in 1..10 }
action grow(cluster: Cluster<fake.server>) -> String {
  let a = "0123456789012345678901234567890123456789"
  let b = "{a}{a}{a}{a}{a}{a}{a}{a}{a}{a}{a}{a}{a}{a}{a}{a}{a}{a}{a}{a}{a}{a}{a}{a}{a}"
  let c = "{b}{b}{b}{b}{b}{b}{b}{b}{b}{b}{b}{b}{b}{b}{b}{b}{b}{b}{b}{b}{b}{b}{b}{b}{b}"
  let d = "{c}{c}{c}{c}{c}{c}{c}{c}{c}{c}{c}{c}{c}{c}{c}{c}{c}{c}{c}{c}{c}{c}{c}{c}{c}"
  ${body}
}
`;

it.each([
  ["an event", `emit "big" { d: d }\n  return ""`, "the event is larger"],
  ["a result", "return d", "the result of grow is larger"],
])("fails the action for %s that is too large", async (_what, body, says) => {
  const run = await runInMemory({ program: program(body), action: "grow", inputs: { cluster: "shop" } });
  expect(run.end).toMatchObject({ status: "FAILED", failure: { code: "too-large" } });
  expect(run.end.reason).toContain(says);
});

it("places a text that grows too long at its statement", async () => {
  const body = `let e = "{d}{d}{d}"\n  return e`;
  const run = await runInMemory({ program: program(body), action: "grow", inputs: { cluster: "shop" } });
  expect(run.end).toMatchObject({ failure: { code: "text-too-long", at: { line: 10, column: 3 } } });
});
