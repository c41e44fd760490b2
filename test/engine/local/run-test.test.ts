import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { loadLibrary } from "../../../engine/actions/load-library.ts";
import { readManifest } from "../../../engine/host/read-manifest.ts";
import { Coverage } from "../../../engine/local/coverage.ts";
import { type CaseOutcome, runTest } from "../../../engine/local/run-test.ts";
import { compileProgram } from "../../../grammar/compile.ts";

const root = join(import.meta.dirname, "../../..");
const manifests = {
  fake: readManifest(join(root, "plugins/fake")),
  shell: readManifest(join(root, "plugins/shell")),
};
const head = `plugin fake from "fake" { allow state }
plugin shell from "shell" { allow command "/bin/sh" }
profile web = fake.server { image: "web:1" }
cluster shop { profile: web  size: 3 in 1..10 }
cluster spare { profile: web  size: 1 in 0..9 }
`;

function compile(text: string) {
  const compiled = compileProgram({
    path: "test.coppice",
    text: head + text,
    library: loadLibrary(),
    plugins: (path) => (path === "shell" ? manifests.shell : manifests.fake),
  });
  const { plan } = compiled;
  if (plan === null) throw new Error(JSON.stringify(compiled.diagnostics, null, 2));
  return { ...compiled, plan };
}

/** The outcomes of all tests of a program, by test. */
async function outcomesOf(text: string, coverage?: Coverage): Promise<readonly (readonly CaseOutcome[])[]> {
  const { plan, tests, files } = compile(text);
  const schemas = new Map(Object.values(manifests).map((manifest) => [manifest.hash, manifest]));
  const step = coverage?.add(plan, files.length);
  const all: (readonly CaseOutcome[])[] = [];
  for (const test of tests) all.push(await runTest({ plan, schemas, test, ...(step && { step }) }));
  return all;
}

/** What is wrong with the tests of a program, one line each. */
async function problemsOf(text: string): Promise<readonly string[]> {
  const outcomes = (await outcomesOf(text)).flat();
  return outcomes.flatMap(({ problems }) =>
    problems.map(({ code, at, message, details }) =>
      [`${at.line - 5}: ${code}: ${message}`, ...details].join(" | "),
    ),
  );
}

const roll = `action roll(cluster: Cluster<fake.server>, image: String) -> Int {
  for node in cluster.nodes batch 2 {
    let old = node.profile.image
    node.update(image: image) retry 3 every 1s..5s timeout 20s undo node.update(image: old)
    wait until node.healthy every 5s within 1m
  } ensure { emit "rolled" { image: image } }
  return cluster.nodes.count(n => n.profile.image == image)
}
`;

describe("what holds is silent", () => {
  it.each([
    [
      "results, calls, events and time",
      `${roll}test "t" {
      run roll(shop, image: "web:2")
      expect result == 3
      expect calls.count(c => c.operation == "update") == 3
      expect calls.all(c => c.ok)
      expect calls.map(c => c.node ?? "") == ["shop-1", "shop-2", "shop-3"]
      expect events.map(e => e.name) == ["rolled"]
      expect elapsed == 0s
      expect failure == none
    }`,
    ],
    [
      "a driver that fails twice is tried again, in virtual time",
      `${roll}test "t" {
      given update fails on node 2 of shop with "busy" times 2
      run roll(shop, image: "web:2")
      expect elapsed == 3s
      expect calls.count(c => not c.ok) == 2
      expect calls.filter(c => c.node == "shop-2").map(c => c.at) == [0s, 1s, 3s]
    }`,
    ],
    [
      "a driver that fails for good is not",
      `${roll}test "t" {
      given update fails on node 2 of shop with "no such image" code "no-image" for good
      run roll(shop, image: "web:2") expect failure "no such image"
      expect failure.code == "no-image"
      expect failure.line == 9
      expect elapsed == 0s
      expect shop.nodes.all(n => n.profile.image == "web:1")
    }`,
    ],
    [
      "a call that takes too long",
      `${roll}test "t" {
      given update takes 30s on node 3 of shop times 1
      run roll(shop, image: "web:2")
      expect elapsed == 21s
      expect result == 3
    }`,
    ],
    [
      "a sick node and a lost one are found and made anew",
      `test "t" {
      given node 1 of shop is sick
      given node 2 of shop is missing
      expect shop.nodes.count(n => n.healthy) == 2
      run shop.recover()
      expect calls.count(c => c.operation == "recreate") == 2
      expect shop.nodes.all(n => n.healthy)
      expect shop.status == "ACTIVE"
    }`,
    ],
    [
      "a broken node stays so until it is made anew",
      `action gate(node: Node<fake.server>) {
  node.update(image: "web:2") undo node.update(image: "web:1")
  wait until node.healthy every 10s within 5m
}
test "t" {
      given node 1 of shop is broken
      run gate(shop.nodes[0]) expect failure
      expect elapsed == 5m
      expect shop.nodes[0].profile.image == "web:1"
      run shop.recover()
      expect shop.nodes.all(n => n.healthy)
    }`,
    ],
    [
      "a check that finds something for a while",
      `action look(node: Node<fake.server>) {
  node.check()
  wait until node.healthy every 10s within 5m
}
test "t" {
      given node 1 of shop is sick
      given check fails on node 1 of shop with "no answer" times 1
      run look(shop.nodes[0]) expect failure "no answer"
    }`,
    ],
    [
      "functions give what they are told to, and something empty otherwise",
      `action go() -> Int {
  let a = shell.run(command: "/bin/sh", arguments: ["-c", "exit 3"])
  return a.exit_code
}
test "t" { given shell.run returns { exit_code: 3, stdout: "", stderr: "" }  run go()  expect result == 3
      expect calls.map(c => c.operation) == ["shell.run"] }
test "u" { run go()  expect result == 0 }`,
    ],
    [
      "answers of people, in the order of the questions",
      `action ask() { approve "One?" within 1h  approve "Two?" within 1h }
test "yes" { run ask()  expect elapsed == 0s }
test "second no" {
      given approval granted after 10m
      given approval refused
      run ask() expect failure "Two?"
      expect failure.code == "not-approved"
      expect elapsed == 10m
    }
test "nobody" { given approval absent  run ask() expect failure "nobody answered"  expect elapsed == 1h }`,
    ],
    [
      "locks of others",
      `action take() { lock "deploy" within 10m { shop.check() } }
test "waits" { given lock "deploy" taken for 5m  run take()  expect elapsed == 5m }
test "gives up" { given lock "deploy" taken for 1h  run take() expect failure  expect failure.code == "lock-timed-out" }`,
    ],
    [
      "the time of day",
      `action late() -> Bool { return now().hour() >= 18 }
test "t" { given time "2026-11-27 18:00"  run late()  expect result }
test "u" { run late()  expect not result }`,
    ],
    [
      "two waits side by side pass together",
      `action both() { parallel { wait 5m { wait 5m } } }
test "t" { run both()  expect elapsed == 5m }`,
    ],
    [
      "a cancel in the middle undoes",
      `${roll}test "t" {
      given update takes 10s
      run roll(shop, image: "web:2") cancel after 15s expect cancelled
      expect shop.nodes.all(n => n.profile.image == "web:1")
      expect events.map(e => e.name) == ["rolled"]
    }`,
    ],
    [
      "a policy's denial, and what overrides it",
      `cluster prod { profile: web size: 3 in 0..9 policies: [keep enforce deny unless admin, talk] }
policy keep { before resize { deny "keep three" when request.size < 3 } }
policy talk { before resize { warn "small" when request.size < 2 } }
test "denied" { run prod.resize(1) expect denied "keep three"  expect calls.count() == 0 }
test "overridden" { run prod.resize(1) override "a drill"  expect warnings.count() == 2  expect prod.nodes.count() == 1 }`,
    ],
    [
      "several runs after each other, over one world",
      `test "t" {
      run shop.resize(5)
      run shop.resize(2)
      expect calls.count() == 3
      expect shop.size == 2 and shop.nodes.count() == 2
    }`,
    ],
    [
      "cases, each in a world of its own",
      `${roll}test "t" for each in [{ size: 1 }, { size: 5 }] {
      given shop of each.size nodes
      run roll(shop, image: "web:2")
      expect result == each.size
    }`,
    ],
    [
      "a new profile reaches every node",
      `action change(cluster: Cluster<fake.server>) {
  cluster.set_profile(image: "web:9")
  cluster.update()
}
test "t" { run change(shop)  expect shop.nodes.all(n => n.profile.image == "web:9") }`,
    ],
  ])("%s", async (_, text) => {
    expect(await problemsOf(text)).toEqual([]);
  });
});

describe("what doesn't hold is told with its values", () => {
  it.each([
    [
      "a comparison",
      `test "t" { expect shop.size == 4 }`,
      "1: expectation-failed: this does not hold | left:  3 | right: 4",
    ],
    [
      "the side of an and",
      `test "t" { expect shop.size == 3 and spare.size > 1 }`,
      "1: expectation-failed: this does not hold | left:  1 | right: 1",
    ],
    [
      "time",
      `test "t" { run shop.check()  expect elapsed > 1m30s }`,
      "1: expectation-failed: this does not hold | left:  0s | right: 1m30s",
    ],
    [
      "items",
      `test "t" { given node 2 of shop is sick  expect shop.nodes.all(n => n.healthy) }`,
      "1: expectation-failed: this does not hold | does not hold for: shop-2",
    ],
    [
      "a run that fails",
      `test "t" { run spare.resize(10) }`,
      "1: run-failed: CLUSTER_RESIZE failed; it was to succeed",
    ],
    [
      "a run that succeeds",
      `test "t" { run spare.resize(2) expect failure }`,
      "1: run-succeeded: CLUSTER_RESIZE succeeded; it was to fail",
    ],
    [
      "another end",
      `test "t" { run spare.resize(10) expect denied }`,
      "1: other-end: CLUSTER_RESIZE failed; it was to be denied",
    ],
    [
      "another message",
      `test "t" { run spare.resize(10) expect failure "no disk" }`,
      '1: other-message: CLUSTER_RESIZE failed with another message | expected part: "no disk" | message:       "size 10 is outside 0..9 of cluster \\"spare\\""',
    ],
    [
      "a fault of an expectation",
      `test "t" { expect shop.nodes[7].healthy }`,
      "1: bad-value: index 7 is outside of a list of 3",
    ],
  ])("%s", async (_, text, problem) => {
    expect(await problemsOf(text)).toEqual([problem]);
  });

  it("each expectation for itself, but nothing behind a run that ended wrongly", async () => {
    const text = `test "t" { expect shop.size == 4  expect shop.size == 5 }
test "u" { run spare.resize(10)  expect spare.size == 10 }`;
    expect(await problemsOf(text)).toHaveLength(3);
  });
});

it("lists the calls of the last run", async () => {
  const text = `${roll}test "t" { given update fails on node 3 of shop times 1  run roll(shop, image: "web:2")  expect result == 4 }`;
  const [[outcome] = []] = await outcomesOf(text);
  expect(outcome?.calls).toEqual([
    '      0s  shop-1.update(image: "web:2")',
    '      0s  shop-2.update(image: "web:2")',
    '      0s  shop-3.update(image: "web:2")  failed',
    '      1s  shop-3.update(image: "web:2")',
  ]);
});

it("counts statements and branches of the program, not of the library", async () => {
  const coverage = new Coverage();
  await outcomesOf(
    `action go(n: Int) {
  if n > 1 {
    wait 1s
  } else {
    wait 2s
  }
  if n > 5 {
    wait 3s
  }
  try {
    wait 4s
  } recover {
    wait 5s
  }
}
test "t" { run go(2) }`,
    coverage,
  );
  expect(coverage.files()).toEqual([
    {
      path: "test.coppice",
      statements: { covered: 5, total: 8 },
      branches: { covered: 2, total: 5 },
      uncoveredLines: [10, 13, 18],
      partlyCoveredLines: [7, 12, 15],
    },
  ]);
});
