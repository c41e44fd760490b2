import fc from "fast-check";
import { expect, it } from "vitest";
import { createFakeWorld } from "../../../engine/local/fake-world.ts";
import { runLocally } from "../../../engine/local/run-locally.ts";
import { compileProgram } from "../../../grammar/compile.ts";
import { resolveFixture } from "./fixture-plugins.ts";
import { loadLibrary } from "../../../engine/actions/load-library.ts";

/** Expressions of all kinds, right or wrong for where they are put. */
const expression = fc.constantFrom(
  "1",
  "0",
  "n",
  "n + 1",
  "-n",
  '"a"',
  '["a", "b"]',
  "[]",
  "[1]",
  "none",
  "true",
  "5s",
  "how_long",
  "cluster.nodes",
  "cluster.nodes.sort(x => [x.healthy, x.created_at])",
  "cluster.victims(n)",
  "request.count",
  "request.remaining",
  "cluster.size > 2",
  "zones",
  "{ a: 2 }",
  "{ a: n, b: 0.5 }",
  "tier",
  "Tier.small",
  "maybe",
  "maybe ?? 3",
  '"{cluster.name}-{n}"',
  "now()",
  "match tier { small => 1  large => 2 }",
  "match maybe { none => false  else => true }",
);

/** Mostly what fits, sometimes anything. */
function mostly(...fitting: readonly string[]): fc.Arbitrary<string> {
  return fc.oneof(
    { weight: 4, arbitrary: fc.constantFrom(...fitting) },
    { weight: 1, arbitrary: expression },
  );
}

const text = mostly(
  '"a"',
  '"{cluster.name}-{n}"',
  '"{tier} {maybe} {how_long}"',
  "cluster.name",
  "zones.join()",
  "zones[n]",
);
const number = mostly("1", "n", "0 - n", "cluster.size", "maybe ?? 3", "cluster.nodes.count()", "n.div(2)");
const duration = mostly("5s", "how_long", "how_long * n", "1s - how_long", "0s");
const condition = mostly(
  "n > 1",
  "cluster.size > 2",
  "tier == Tier.small",
  "maybe != none",
  '"a" in zones',
  "cluster.nodes.all(x => x.healthy)",
);
const nodes = mostly(
  "cluster.nodes",
  "cluster.victims(n)",
  "cluster.nodes.filter(x => x.healthy).take(n)",
  "[]",
);
const strings = mostly("zones", '["a", "b"]', "[cluster.name]", "[]", "zones.take(n)");
const weights = mostly("{ a: 2 }", "{ a: 0.5, b: 0 }", "{}");
const matched = mostly("tier", "Tier.small");

function line(...parts: readonly (string | fc.Arbitrary<string>)[]): fc.Arbitrary<string> {
  return fc
    .tuple(...parts.map((part) => (typeof part === "string" ? fc.constant(part) : part)))
    .map((texts) => texts.join(""));
}

const hookLine = fc.oneof(
  line("deny ", text, " when ", condition),
  line("warn ", text, " when ", condition),
  line("limit ", number),
  line("limit request.count - ", number),
  line("choose ", nodes),
  line("place zone across ", strings),
  line("place zone across ", strings, " weights ", weights),
  line("batch ", number, " pause ", duration),
  line("approve ", text, " by admin within ", duration),
  line("if ", condition, " { warn ", text, " }"),
  line("match ", matched, " { small => { warn ", text, " }  large => { limit ", number, " } }"),
  line("shell.notify(", text, ") retry ", number, " timeout ", duration),
  line("for node in ", nodes, " { shell.notify(node.name) }"),
);

const actionLine = fc.oneof(
  line("lock ", text, ', "z" within ', duration, " { cluster.check() }"),
  line("approve ", text, " within ", duration),
  line("wait ", duration),
  line("for item in ", strings, " batch ", number, " pause ", duration, ' { emit "item" { item: item } }'),
  line("for node in ", nodes, " tolerate ", number, " { node.restart(grace: ", duration, ") }"),
  line("match ", matched, " { small, large => { emit ", text, " } }"),
  line("cluster.resize(", number, ")"),
  line("emit ", text, " { value: ", expression, " }"),
  line("wait until ", condition, " within ", duration),
  line("wait until now() > ", expression, " within ", duration),
);

/** Mistakes that only a run can find, by their codes; a `bad-plan` is a mistake that the checker should have found. */
it("what the checker lets pass runs without a fault of types", async () => {
  let passed = 0;
  await fc.assert(
    fc.asyncProperty(hookLine, actionLine, fc.integer({ min: -2, max: 4 }), async (hook, act, n) => {
      const program = `plugin docker from "./docker" { allow socket "/x" }
plugin shell from "./shell" { allow command "/bin/sh" }
enum Tier { small, large }
profile web = docker.container { image: "shop/web:1" }
policy rule(n: Int, how_long: Duration, zones: List<String>, tier: Tier, maybe: Int?) { before resize { ${hook} } }
cluster shop {
  profile: web  size: 3 in 0..6
  policies: [rule(n: ${n}, how_long: 3s, zones: ["a", "b"], tier: Tier.small) enforce deny unless admin]
}
action work(cluster: Cluster<docker.container>, n: Int, how_long: Duration, zones: List<String>, tier: Tier, maybe: Int?) {
  cluster.resize(4)
  ${act}
}`;
      const { plan } = compileProgram({
        path: "x.coppice",
        text: program,
        library: loadLibrary(),
        plugins: resolveFixture,
      });
      if (plan === null) return;
      passed += 1;
      const schemas = new Map(
        ["./docker", "./shell"].flatMap((path) => {
          const schema = resolveFixture(path, "x.coppice");
          return "error" in schema ? [] : [[schema.hash, schema]];
        }),
      );
      const world = createFakeWorld({ plan, schemas });
      const [cluster] = world.store.clusters();
      const { end } = await world.clock.drive(
        runLocally(world, {
          plan,
          action: "work",
          inputs: {
            cluster: { $cluster: cluster?.id ?? "" },
            n,
            how_long: 5_000,
            zones: ["a", "b"],
            tier: "large",
            maybe: null,
          },
          actionId: "action",
        }),
      );
      expect(end.failure?.code, `${hook}\n${act}\n${end.reason}`).not.toBe("bad-plan");
      expect(["SUCCEEDED", "FAILED"]).toContain(end.status);
    }),
    { numRuns: 1_000 },
  );
  expect(passed).toBeGreaterThan(150);
}, 120_000);
