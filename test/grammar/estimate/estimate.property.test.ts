import fc from "fast-check";
import { expect, it } from "vitest";
import { HostFailure } from "../../../engine/host/plugin-host.ts";
import { createFakeWorld } from "../../../engine/local/fake-world.ts";
import { runLocally } from "../../../engine/local/run-locally.ts";
import { compileProgram } from "../../../grammar/compile.ts";
import { estimateAction } from "../../../grammar/estimate/estimate.ts";
import { resolveFixture } from "../check/fixture-plugins.ts";
import { loadLibrary } from "../../../engine/actions/load-library.ts";
import { type Counted, countEffects } from "./count-effects.ts";

/** Statements about one node, where there is one, and about the cluster. Indented only for a failing case's reader. */
const { statement } = fc.letrec<{ statement: string; inLoop: string }>((tie) => {
  const block = (of: "statement" | "inLoop") =>
    fc
      .array(tie(of) as fc.Arbitrary<string>, { minLength: 1, maxLength: 2 })
      .map((lines) => lines.join("\n"));
  const undo = fc.constantFrom(
    "",
    "",
    " undo node.check()",
    ' undo node.update(image: "old")',
    " undo { node.check() wait 1s }",
  );
  const retry = fc.constantFrom("", " retry 2 every 1s", " retry 1 every 1s..4s timeout 30s");
  const compound = (of: "statement" | "inLoop", condition: fc.Arbitrary<string>) => [
    fc.tuple(condition, block(of), block(of)).map(([when, a, b]) => `if ${when} {\n${a}\n} else {\n${b}\n}`),
    fc.tuple(block(of), block(of)).map(([a, b]) => `try {\n${a}\n} recover {\nemit "failed"\n${b}\n}`),
    fc.tuple(block(of), block(of)).map(([a, b]) => `try {\n${a}\n} ensure {\n${b}\n}`),
    fc.tuple(tie(of) as fc.Arbitrary<string>, block(of)).map(([a, b]) => `parallel {\n{ ${a} }\n{ ${b} }\n}`),
    fc
      .tuple(condition, block(of), block(of))
      .map(([when, a, b]) => `match ${when} {\ntrue => {\n${a}\n}\nfalse => {\n${b}\n}\n}`),
  ];
  const batch = fc.constantFrom(
    "",
    " batch all",
    " batch 7",
    " batch at_once",
    " batch 30 pause 2s",
    " batch all tolerate 3 failures",
  );
  const list = fc.constantFrom(
    "cluster.nodes",
    "cluster.nodes.filter(n => n.healthy)",
    "cluster.nodes.take(9)",
    "cluster.nodes.sort(n => n.index).reverse()",
    "cluster.victims(5)",
  );
  return {
    statement: fc.oneof(
      { maxDepth: 2, withCrossShrink: true },
      fc.constantFrom(
        'emit "here" { nodes: cluster.nodes.map(n => n.name) }',
        "wait 3s",
        "wait until cluster.nodes.all(n => n.healthy) every 5s within 1m",
        "cluster.check()",
        "helper(cluster, at_once: 10)",
        'shell.notify("hello {cluster.name}")',
        "cluster.scale_out(1) undo cluster.scale_in(1)",
        'cluster.set_profile(image: "shop/web:3")',
      ),
      fc.tuple(list, batch, block("inLoop"), fc.boolean()).map(([of, size, body, ensure]) => {
        const end = ensure ? ' ensure { emit "done" { name: cluster.name } }' : "";
        return `for node in ${of}${size} {\n${body}\n}${end}`;
      }),
      ...compound("statement", fc.constantFrom("cluster.size > 3", "cluster.nodes.any(n => not n.healthy)")),
    ),
    inLoop: fc.oneof(
      { maxDepth: 2, withCrossShrink: true },
      fc.tuple(retry, undo).map(([r, u]) => `node.restart()${r}${u}`),
      fc.tuple(retry, undo).map(([r, u]) => `node.update(image: "shop/web:2", memory: 1GiB)${r}${u}`),
      fc.constantFrom(
        "wait until node.healthy every 1s within 20s",
        'emit "node" { name: node.name }',
        "wait 2s",
        'lock "one-{node.name}" { node.check() }',
        'shell.notify("node {node.name}")',
        "node.recreate()",
        '{ let out = node.execute(command: ["ls", node.name])\nemit "out" { text: out } }',
        'for part in ["a", "b", "c"] { node.execute(command: [part]) }',
      ),
      ...compound("inLoop", fc.constantFrom("node.index > 4", "node.healthy")),
    ),
  };
});

const program = fc
  .record({
    question: fc.constantFrom("", 'approve "ok?" by operator within 1h'),
    lines: fc.array(statement, { minLength: 1, maxLength: 3 }),
    helper: fc.array(statement, { minLength: 1, maxLength: 2 }),
    size: fc.constantFrom(3, 40, 130),
    policy: fc.constantFrom("", "batch 4 pause 1s", "batch 20", 'warn "careful"\nshell.notify("soon")'),
  })
  .map(({ question, lines, helper, size, policy }) => ({
    size,
    text: `plugin docker from "./docker" { allow socket "/x" }
plugin shell from "./shell" { allow command "/bin/sh" }
profile web = docker.container { image: "shop/web:1" }
policy rule { before work, helper, check { ${policy} } }
cluster shop { profile: web  size: ${size} in 0..${size + 5}  policies: [rule] }
action helper(cluster: Cluster<docker.container>, at_once: Int = 3) {
${helper.filter((line) => !line.includes("helper(")).join("\n")}
}
action work(cluster: Cluster<docker.container>, at_once: Int = 3) {
${question}
${lines.join("\n")}
}
`,
  }));

const behaviour = fc.record({
  seed: fc.integer({ min: 1, max: 1_000_000 }),
  failing: fc.constantFrom(0, 0, 0.02, 0.3),
  cancelAfter: fc.constantFrom(null, null, 4_000),
});

it("no run needs more than its estimate", async () => {
  let runs = 0;
  let nearest = 0;
  await fc.assert(
    fc.asyncProperty(program, behaviour, async ({ text, size }, { seed, failing, cancelAfter }) => {
      const { plan, diagnostics } = compileProgram({
        path: "x.coppice",
        text,
        library: loadLibrary(),
        plugins: resolveFixture,
      });
      if (plan === null) {
        const errors = diagnostics.filter(({ severity }) => severity === "error");
        expect([...new Set(errors.map(({ code }) => code))], text).toEqual(["over-budget"]);
        return;
      }
      const random = randomFrom(seed);
      const schemas = new Map(
        ["./docker", "./shell"].map((path) => {
          const schema = resolveFixture(path, "x.coppice");
          if ("error" in schema) throw new Error(schema.error);
          return [schema.hash, schema];
        }),
      );
      const world = createFakeWorld({ plan, schemas });
      world.drivers.fault = async () => {
        await world.clock.sleep(Math.ceil(random() * 3_000));
        return random() < failing ? new HostFailure("no", { code: "no", retryable: random() < 0.5 }) : null;
      };
      const counted: Counted = { events: 8, bytes: 5_000, operations: 0 };
      const cancel = new AbortController();
      if (cancelAfter !== null) void world.clock.sleep(cancelAfter).then(() => cancel.abort());
      const { end, elapsedMs } = await world.clock.drive(
        runLocally(world, {
          plan,
          action: "work",
          inputs: { cluster: { $cluster: world.store.clusters()[0]?.id ?? "" }, at_once: 3 },
          actionId: "action",
          cancel: cancel.signal,
          effects: (effects) => countEffects(effects, counted),
          run(run) {
            counted.bytes += JSON.stringify(run.start).length;
            return run;
          },
        }),
      );
      counted.bytes += JSON.stringify(end).length;
      const estimate = estimateAction(plan, "work");
      runs += 1;
      nearest = Math.max(nearest, counted.events / estimate.events);
      const shown = `${size} nodes, ${end.status}: ${end.reason}\n${text}`;
      expect(counted.events, shown).toBeLessThanOrEqual(estimate.events);
      expect(counted.operations, shown).toBeLessThanOrEqual(estimate.nodeOperations);
      expect(counted.bytes, shown).toBeLessThanOrEqual(estimate.payloadBytes);
      if (estimate.longestMs !== null)
        expect(elapsedMs, shown).toBeLessThanOrEqual(estimate.longestMs + 60_000);
    }),
    {
      numRuns: Number(process.env["ESTIMATE_RUNS"] ?? 250),
      ...(process.env["ESTIMATE_SEED"] === undefined ? {} : { seed: Number(process.env["ESTIMATE_SEED"]) }),
    },
  );
  expect(runs).toBeGreaterThan(100);
  expect(nearest).toBeGreaterThan(0.5);
}, 240_000);

/** Numbers from 0 to 1: the same for the same seed. */
function randomFrom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
}
