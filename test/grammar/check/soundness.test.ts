import fc from "fast-check";
import { expect, it } from "vitest";
import { compileLibrary } from "../../../grammar/compile-library.ts";
import { compileProgram } from "../../../grammar/compile.ts";
import { evaluate } from "../../../grammar/evaluate/evaluate.ts";
import { EvaluationError } from "../../../grammar/evaluate/evaluation-error.ts";
import type { Value } from "../../../grammar/plan.ts";
import type { World } from "../../../grammar/world.ts";
import { resolveFixture } from "./fixture-plugins.ts";

const world: World = {
  now: () => 0,
  cluster: (id) => ({
    id,
    name: "shop",
    size: 3,
    minimum: 0,
    maximum: null,
    status: "ACTIVE",
    labels: { env: "prod" },
    profileId: "p",
  }),
  clusterNamed: () => "c",
  node: (id) => ({
    id,
    name: id,
    index: 1,
    clusterId: "c",
    status: "ACTIVE",
    physicalId: null,
    healthy: id === "n1",
    createdAt: 1000,
    profileId: "p",
  }),
  profileCreatedAt: () => 0,
  nodesOf: () => ["n1", "n2", "n3"],
  standbyOf: () => [],
  profile: () => ({ image: "x", memory: 1 }),
  victims: (_, count) => ["n1", "n2", "n3"].slice(0, count),
};
const variables: Record<string, Value> = {
  cluster: { $cluster: "c" },
  n: 3,
  f: 1.5,
  s: "text",
  d: 5000,
  p: 80,
  maybe: null,
  tags: { a: "1" },
  answer: { a: [1] },
};
const leaves = [
  "1",
  "2.5",
  '"a"',
  "true",
  "none",
  "30s",
  "1MiB",
  "75%",
  "[]",
  "[1, 2]",
  "cluster",
  "cluster.nodes",
  "cluster.labels",
];

/** Texts of expressions, most of them wrong: what matters is that the ones the checker lets pass have the type it says. */
const { expression } = fc.letrec<{ expression: string }>((tie) => {
  const inner = tie("expression");
  return {
    expression: fc.oneof(
      { maxDepth: 4, withCrossShrink: true },
      fc.constantFrom(...leaves, ...Object.keys(variables)),
      fc
        .tuple(inner, fc.constantFrom("+", "-", "*", "/", "==", "<", "and", "or", "in", "??", "!="), inner)
        .map(([a, operator, b]) => `(${a} ${operator} ${b})`),
      fc
        .tuple(
          inner,
          fc.constantFrom(
            ".count()",
            ".first()",
            ".last()",
            ".reverse()",
            ".max()",
            ".sum()",
            ".join()",
            ".keys()",
            ".length()",
            ".upper()",
            ".floor()",
            ".is_none()",
            ".flatten()",
            ".distinct()",
            ".take(1)",
            ".victims(2)",
            ".name",
            ".size",
            ".healthy",
            ".profile.image",
            ".env",
            "[0]",
            '["a"]',
          ),
        )
        .map(([of, member]) => `${of}${member}`),
      fc
        .tuple(inner, fc.constantFrom("map", "filter", "sort", "count", "any"), inner)
        .map(([of, name, body]) => `${of}.${name}(x => ${body})`),
      fc
        .tuple(inner, fc.constantFrom("x", "x.name", "x + 1", "x > 1", "x.healthy"))
        .map(([of, body]) => `${of}.map(x => ${body})`),
      fc.tuple(inner, inner, inner).map(([a, b, c]) => `(if ${a} then ${b} else ${c})`),
      fc.tuple(inner, inner).map(([a, b]) => `[${a}, ${b}]`),
      inner.map((a) => `"<{${a}}>"`),
      inner.map((a) => `(not ${a})`),
      inner.map((a) => `(-${a})`),
    ),
  };
});

it("what the checker lets pass never goes wrong by its shape", () => {
  let passed = 0;
  fc.assert(
    fc.property(expression, (text) => {
      const program = `plugin docker from "./docker" { allow socket "/x" }
action a(cluster: Cluster<docker.container>, n: Int, f: Float, s: String, d: Duration, p: Percent, maybe: String?, tags: Map<String>, answer: Any) {
  let value = ${text}
  emit "x" { value: value }
}`;
      const { plan } = compileProgram({
        path: "x.coppice",
        text: program,
        library: compileLibrary([]),
        plugins: resolveFixture,
      });
      const step = plan?.actions["a"]?.body[0];
      if (step?.kind !== "let") return;
      passed += 1;
      const scope = { values: new Map(Object.entries(variables)), parent: null };
      try {
        expect(evaluate(step.value, scope, world)).toEqual(evaluate(step.value, scope, world));
      } catch (thrown) {
        if (!(thrown instanceof EvaluationError)) throw thrown;
        expect(thrown.code, `${text}: ${thrown.message}`).not.toBe("bad-plan");
      }
    }),
    { numRuns: 6000 },
  );
  expect(passed).toBeGreaterThan(300);
});
