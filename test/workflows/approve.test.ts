import { describe, expect, it } from "vitest";
import { runInMemory } from "./memory-run.ts";

const program = `
plugin fake from "./fake" { allow state }
profile web = fake.server { image: "web:1" }
cluster shop { profile: web size: 2 in 1..10 }
action release(cluster: Cluster<fake.server>, image: String) {
  for node in cluster.nodes batch all {
    let old = node.profile.image
    node.update(image: image) undo node.update(image: old)
  }
  approve "Keep {image} on {cluster.name}?" by operator within 4h
  emit "kept" { image: image }
}
action several() {
  parallel {
    { approve "first?" emit "one" }
    { approve "second?" emit "two" }
  }
}
action sure() {
  try {
    approve "sure?" within 1m
  } recover error {
    emit "not_sure" { code: error.code, why: error.message }
  }
}
`;

const release = (more: object = {}) =>
  runInMemory({
    program,
    action: "release",
    inputs: { cluster: "shop", image: "web:2" },
    ...more,
  });
const question = "Keep web:2 on shop?";

describe("approve", () => {
  it("goes on when someone says yes", async () => {
    const run = await release({ answers: [{ answer: "granted", by: "ann", reason: null }] });
    expect(run.log).toEqual([
      'update shop-1 {"image":"web:2"}',
      'update shop-2 {"image":"web:2"}',
      `ask operator: ${question}`,
      "answer: granted",
      'event kept {"image":"web:2"}',
    ]);
    expect(run.end.status).toBe("SUCCEEDED");
    expect(run.summaries[1]).toMatch(
      /^approval of operator until \d{4}-\d\d-\d\d \d\d:\d\d UTC · test\.coppice:10$/,
    );
  });

  it("fails at its line when someone says no, and undoes what was done", async () => {
    const run = await release({ answers: [{ answer: "refused", by: "bob", reason: "not today" }] });
    expect(run.end).toMatchObject({
      status: "FAILED",
      reason: `bob said no to "${question}": not today`,
      failure: { code: "not-approved", at: { line: 10 } },
    });
    expect(run.log.slice(-3)).toEqual([
      "answer: refused",
      'update shop-1 {"image":"web:1"}',
      'update shop-2 {"image":"web:1"}',
    ]);
  });

  it("fails when nobody answers in time", async () => {
    const run = await release();
    expect(run.end).toMatchObject({
      status: "FAILED",
      reason: `nobody answered "${question}" within 4h`,
      failure: { code: "approval-timed-out" },
    });
    expect(run.time).toBe(4 * 3_600_000);
  });

  it("ends at once when the run is cancelled, and the question is closed", async () => {
    const run = await release({ cancelAt: 2 });
    expect(run.end.status).toBe("CANCELLED");
    expect(run.time).toBe(0);
    expect(run.log.slice(2)).toEqual([
      `ask operator: ${question}`,
      "answer: absent",
      'update shop-1 {"image":"web:1"}',
      'update shop-2 {"image":"web:1"}',
    ]);
  });

  it("can be recovered from, with its code", async () => {
    const run = await runInMemory({ program, action: "sure" });
    expect(run.log).toContain(
      'event not_sure {"code":"approval-timed-out","why":"nobody answered \\"sure?\\" within 1m"}',
    );
    expect(run.end.status).toBe("SUCCEEDED");
  });

  it("asks in each lane on its own", async () => {
    const run = await runInMemory({
      program,
      action: "several",
      answers: [
        { answer: "granted", by: "ann", reason: null },
        { answer: "refused", by: "bob", reason: null },
      ],
    });
    expect(run.log.slice(0, 2)).toEqual(["ask anyone: first?", "ask anyone: second?"]);
    expect(run.log.filter((line) => line.startsWith("event"))).toEqual(["event one {}"]);
    expect(run.end.reason).toBe('bob said no to "second?"');
  });

  it("may stand in a policy: who says no, denies", async () => {
    const guarded = `
plugin fake from "./fake" { allow state }
profile web = fake.server { image: "web:1" }
cluster shop { profile: web size: 2 in 1..10 policies: [asking] }
policy asking { before scale_in { approve "Take {request.count} of {cluster.name}?" by operator } }
`;
    const scaleIn = (answer: "granted" | "refused") =>
      runInMemory({
        program: guarded,
        action: "CLUSTER_SCALE_IN",
        inputs: { cluster: "shop", count: 1 },
        answers: [{ answer, by: "ann", reason: null }],
      });
    expect((await scaleIn("granted")).end.status).toBe("SUCCEEDED");
    const refused = await scaleIn("refused");
    expect(refused.end).toMatchObject({ status: "FAILED", reason: 'ann said no to "Take 1 of shop?"' });
    expect(refused.log).toEqual(["ask operator: Take 1 of shop?", "answer: refused"]);
  });
});
