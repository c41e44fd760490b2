import { readdirSync, readFileSync } from "node:fs";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { compileProgram, findPlugins } from "../../../grammar/compile.ts";
import { hashPlan } from "../../../grammar/hash.ts";
import { parseProgram } from "../../../grammar/parse.ts";
import type { Plan, Step } from "../../../grammar/plan.ts";
import { visitSteps } from "../../../grammar/plan-steps.ts";
import { resolveFixture } from "../check/fixture-plugins.ts";
import { loadLibrary } from "../../../engine/actions/load-library.ts";
import { readLibrary } from "../../../engine/actions/read-library.ts";

const folder = new URL("plans/", import.meta.url);
const programs = readdirSync(folder).filter((name) => name.endsWith(".coppice"));
const read = (file: string) => readFileSync(new URL(file, folder), "utf8");
const compile = (path: string, text: string) =>
  compileProgram({ path, text, library: loadLibrary(), plugins: resolveFixture });

function planOf(file: string): Plan {
  const { plan, diagnostics } = compile(file, read(file));
  expect(diagnostics).toEqual([]);
  if (plan === null) throw new Error("no plan");
  return plan;
}

describe("compileProgram", () => {
  it("gives one program one hash, whatever its tests and the comments below say", () => {
    const text = read("storefront.coppice");
    const other = `${text}\n// a comment\ntest "nothing fails" {\n  run storefront.check()\n}\n`;
    const [one, two] = [compile("storefront.coppice", text), compile("storefront.coppice", other)];
    expect(two.tests.map((test) => test.name)).toEqual(["nothing fails"]);
    expect(two.plan?.hash).toBe(one.plan?.hash);
  });

  it.each(programs)("%s", async (file) => {
    const { hash: _, files: __, actions, policies, ...rest } = planOf(file);
    const own = <T extends { readonly builtin?: boolean }>(all: Readonly<Record<string, T>>) =>
      Object.fromEntries(Object.entries(all).filter(([, one]) => one.builtin !== true));
    const shown = JSON.stringify({ ...rest, policies: own(policies), actions: own(actions) }, shortened, 1);
    await expect(shown).toMatchFileSnapshot(
      new URL(file.replace(".coppice", ".json.golden"), folder).pathname,
    );
  });

  it("carries the library's actions, with places in their own files", () => {
    const plan = planOf("storefront.coppice");
    const resize = plan.actions["CLUSTER_RESIZE"];
    expect(resize?.builtin).toBe(true);
    expect(plan.files[resize?.at.file ?? 0]?.lines[resize?.at.line ?? 0]).toContain("action CLUSTER_RESIZE");
  });

  it("gives every step of an action an id of its own", () => {
    for (const action of Object.values(planOf("storefront.coppice").actions)) {
      const ids: string[] = [];
      visitSteps(action.body, (step: Step) => ids.push(step.id));
      expect(new Set(ids).size).toBe(ids.length);
    }
  });

  it("names the clusters that an action can reach", () => {
    const { actions } = planOf("storefront.coppice");
    expect(actions["release"]?.clusterNames).toEqual(["storefront"]);
    expect(actions["roll"]).toMatchObject({ clusterNames: [], clusterParameters: ["cluster"] });
  });

  it("names equal programs equally, and different ones differently", () => {
    const text = read("storefront.coppice");
    const first = compile("a/storefront.coppice", text).plan;
    expect(compile("a/storefront.coppice", text).plan?.hash).toBe(first?.hash);
    expect(compile("a/storefront.coppice", text.replace("80%", "81%")).plan?.hash).not.toBe(first?.hash);
    const roundTrip = JSON.parse(JSON.stringify(first)) as Plan;
    expect(roundTrip).toEqual(first);
    expect(hashPlan(roundTrip)).toBe(first?.hash);
    expect(hashPlan(Object.fromEntries(Object.entries(roundTrip).reverse()) as unknown as Plan)).toBe(
      first?.hash,
    );
  });

  it("checks the rest of a program whose syntax is broken", () => {
    const { plan, diagnostics } = compile(
      "x.coppice",
      "action a( {\n}\naction b(cluster: Cluster) { cluster.resise(1) }",
    );
    expect(plan).toBeNull();
    expect(diagnostics.map(({ code }) => code)).toContain("unknown-operation");
  });

  it("treats names of JavaScript's own as any other", () => {
    const text = `${read("storefront.coppice")}
cluster __proto__ { profile: web  size: 1  labels: { constructor: "a", "__proto__": "b" } }
action constructor(valueOf: Cluster, toString: Int) { valueOf.resize(toString) }
action hasOwnProperty() { __proto__.constructor(3) }`;
    const { plan, diagnostics } = compile("x.coppice", text);
    expect(diagnostics).toEqual([]);
    expect(Object.keys(plan?.clusters ?? {})).toContain("__proto__");
    expect(JSON.stringify(plan?.actions["hasOwnProperty"]?.body)).toContain('"arguments":{"valueOf":');
    for (const name of ["toString", "valueOf", "__defineGetter__"]) {
      const wrong = compile("x.coppice", `action a(n: ${name}) { ${name}.${name}() ${name}(n.${name}) }`);
      expect(wrong.plan).toBeNull();
    }
  });

  it("checks a file of the library alone", () => {
    for (const file of readLibrary()) {
      const { diagnostics } = compileProgram({
        ...file,
        library: loadLibrary(),
        plugins: resolveFixture,
        inLibrary: true,
      });
      expect(diagnostics).toEqual([]);
    }
  });

  it("finds the plugins of a program", () => {
    const { program } = parseProgram(read("storefront.coppice"));
    expect(findPlugins(program).map(({ path }) => path)).toEqual(["./docker", "./shell"]);
  });

  it("never throws, whatever has been cut, doubled or swapped", () => {
    const tokens = read("storefront.coppice").split(/(?<=\s)/);
    fc.assert(
      fc.property(
        fc.array(
          fc.tuple(
            fc.constantFrom("cut", "double", "swap"),
            fc.nat(tokens.length - 1),
            fc.nat(tokens.length - 1),
          ),
          {
            minLength: 1,
            maxLength: 6,
          },
        ),
        (edits) => {
          const edited = [...tokens];
          for (const [kind, at, other] of edits) {
            if (kind === "cut") edited[at] = "";
            else if (kind === "double") edited[at] = `${edited[at]}${edited[at]}`;
            else [edited[at], edited[other]] = [edited[other] ?? "", edited[at] ?? ""];
          }
          const { plan, diagnostics } = compile("x.coppice", edited.join(""));
          if (plan === null) expect(diagnostics.some(({ severity }) => severity === "error")).toBe(true);
          const starts = diagnostics.map(({ span }) => span.start);
          expect(starts).toEqual([...starts].sort((a, b) => a - b));
        },
      ),
      { numRuns: 300 },
    );
  });

  it("answers long chains, deep blocks and many actions in bounded time", () => {
    const chain = `action a(n: Int) { emit "x" { n: ${Array(20_000).fill("n").join(" + ")} } }`;
    expect(compile("x.coppice", chain).diagnostics.map(({ code }) => code)).toContain("deep-nesting");
    const members = `action a(n: Any) { emit "x" { n: n${".b".repeat(20_000)} } }`;
    expect(compile("x.coppice", members).plan).toBeNull();
    const actions = Array.from({ length: 5000 }, (_, index) => `action a${index}() { a${index + 1}() }`);
    const { plan } = compile("x.coppice", `${actions.join("\n")}\naction a5000() { wait 1s }`);
    expect(Object.keys(plan?.actions ?? {}).length).toBeGreaterThan(5000);
  });
});

/** Positions on one line, so that a changed golden can be read. */
function shortened(key: string, value: unknown): unknown {
  if (key !== "at" || typeof value !== "object" || value === null) return value;
  const at = value as Plan["policies"][string]["at"];
  return `${at.file}:${at.line}:${at.column}-${at.endLine}:${at.endColumn}`;
}
