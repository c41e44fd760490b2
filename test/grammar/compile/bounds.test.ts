import { readdirSync, readFileSync } from "node:fs";
import fc from "fast-check";
import { expect, it } from "vitest";
import { compileProgram } from "../../../grammar/compile.ts";
import { resolveFixture } from "../check/fixture-plugins.ts";
import { fixtureSources } from "../check/fixture-sources.ts";
import { loadLibrary } from "../../../engine/actions/load-library.ts";

const compile = (text: string) =>
  compileProgram({
    path: "x.coppice",
    text,
    library: loadLibrary(),
    plugins: resolveFixture,
    sources: fixtureSources("x.coppice"),
  });

const cases = new URL("../check/cases/", import.meta.url);
const texts = [
  readFileSync(new URL("../samples/everything.coppice", import.meta.url), "utf8"),
  ...readdirSync(cases)
    .filter((name) => name.endsWith(".coppice"))
    .map((name) => readFileSync(new URL(name, cases), "utf8")),
];
const words = [...new Set(texts.flatMap((text) => text.split(/(?<=\s)|(?=[(){}[\],.:])/)))];

it("never throws, whatever words stand where", () => {
  fc.assert(
    fc.property(
      fc.constantFrom(...texts),
      fc.array(fc.tuple(fc.double({ min: 0, max: 1, noNaN: true }), fc.constantFrom(...words), fc.nat(3)), {
        minLength: 1,
        maxLength: 8,
      }),
      (text, edits) => {
        const parts = text.split(/(?<=\s)|(?=[(){}[\],.:])/);
        for (const [at, word, cut] of edits) parts.splice(Math.floor(at * parts.length), cut, word);
        const { plan, diagnostics } = compile(parts.join(""));
        if (plan === null) expect(diagnostics.some(({ severity }) => severity === "error")).toBe(true);
      },
    ),
    { numRuns: 500 },
  );
});

const head = `plugin docker from "./docker" { allow socket "/var/run/docker.sock" }
enum Tier { small, medium, large }
secret word = env("WORD")
profile web = docker.container { image: "a", password: word }
cluster shop { profile: web  size: 3 in 2..10 }
`;
const unit = (index: number) => `record Report${index} { tier: Tier, n: Int }
action roll${index}(cluster: Cluster<docker.container>, tier: Tier = small) -> Report${index} {
  for node in cluster.nodes batch 2 {
    node.update(image: node.profile.image) retry 3 every 2s undo node.update(image: "b")
    match tier { small, medium => { wait 1s } large => { wait 5s } }
  }
  let extra = match tier { small => 1, else => 2 }
  if tier == small { emit "done" { count: cluster.nodes.count(n => n.healthy) + extra } }
  ${index % 20 === 0 ? "wait 1s" : `roll${index - 1}(cluster, tier: large)`}
  return Report${index} { tier: tier, n: extra }
}
`;

it("takes time that grows with the program's length, not with its square", () => {
  const timeFor = (units: number) => {
    const text = head + Array.from({ length: units }, (_, index) => unit(index)).join("");
    const times = [1, 2].map(() => {
      const begun = process.cpuUsage(); // whatever else runs beside it
      expect(compile(text).diagnostics.filter(({ severity }) => severity === "error")).toEqual([]);
      const { user, system } = process.cpuUsage(begun);
      return user + system;
    });
    return Math.min(...times);
  };
  timeFor(200);
  const short = timeFor(800);
  expect(timeFor(2400) / short).toBeLessThan(6);
}, 60_000);
