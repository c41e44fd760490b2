import { describe, expect, it } from "vitest";
import { runInMemory } from "./memory-run.ts";

const head = `
plugin fake from "./fake" { allow state }
profile web = fake.server { image: "web:1" }
cluster shop { profile: web size: 3 in 1..10 }
`;

const roll = `${head}
action roll(cluster: Cluster<fake.server>, image: String, at_once: Int = 2) -> Int {
  for node in cluster.nodes batch at_once tolerate 1 failure {
    let old = node.profile.image
    node.update(image: image) undo node.update(image: old)
    wait until node.healthy every 1s within 5m
  } ensure {
    emit "rolled" { image: image }
  }
  return cluster.nodes.count(n => n.profile.image == image)
}
`;

const images = (run: { nodes: readonly { changes?: unknown }[] }) =>
  run.nodes.map((node) => (node.changes as { image?: string } | undefined)?.image ?? "web:1");

describe("for", () => {
  it("runs a batch side by side, the next one after it", async () => {
    const run = await runInMemory({
      program: roll,
      action: "roll",
      inputs: { cluster: "shop", image: "web:2" },
    });
    expect(run.log).toEqual([
      'update shop-1 {"image":"web:2"}',
      'update shop-2 {"image":"web:2"}',
      "wait until (2)",
      'update shop-3 {"image":"web:2"}',
      "wait until (1)",
      'event rolled {"image":"web:2"}',
    ]);
    expect(run.end).toMatchObject({ status: "SUCCEEDED", outputs: 3 });
  });

  it("tolerates a failure: that item is undone, the others go on", async () => {
    const run = await runInMemory({
      program: roll,
      action: "roll",
      inputs: { cluster: "shop", image: "web:2" },
      fault: ({ node, arguments: given }) =>
        node === "shop-2" && given["image"] === "web:2" ? "no such image" : null,
    });
    expect(run.end).toMatchObject({ status: "SUCCEEDED", outputs: 2 });
    expect(images(run)).toEqual(["web:2", "web:1", "web:2"]);
    expect(run.log).toContain('update shop-2 {"image":"web:1"}');
    expect(run.summaries.slice(0, 3)).toEqual([
      "update · 2 nodes · test.coppice:9",
      expect.stringMatching(/^(undo: update · shop-2|wait until · 1 node) · test\.coppice:/),
      expect.stringMatching(/^(undo: update · shop-2|wait until · 1 node) · test\.coppice:/),
    ]);
    expect(run.summaries).toContain("undo: update · shop-2 · test.coppice:9");
  });

  it("fails beyond what is tolerated, undoes every node and still runs ensure", async () => {
    const run = await runInMemory({
      program: roll,
      action: "roll",
      inputs: { cluster: "shop", image: "web:2" },
      fault: ({ node, arguments: given }) =>
        node !== "shop-1" && given["image"] === "web:2" ? "no such image" : null,
    });
    expect(run.end.status).toBe("FAILED");
    expect(run.end.reason).toMatch(
      /^2 of 3 failed, 1 tolerated: node "shop-2": no such image; node "shop-3": no such image/,
    );
    expect(run.end.failure?.at).toMatchObject({ line: 9 });
    expect(images(run)).toEqual(["web:1", "web:1", "web:1"]);
    expect(run.log.filter((line) => line.startsWith("event"))).toEqual(['event rolled {"image":"web:2"}']);
  });

  it.each([1, 2, 3, 4])("cancelled before effect %i: undo and ensure run to their end", async (cancelAt) => {
    const run = await runInMemory({
      program: roll,
      action: "roll",
      inputs: { cluster: "shop", image: "web:2" },
      cancelAt,
    });
    expect(run.end.status).toBe("CANCELLED");
    expect(images(run)).toEqual(["web:1", "web:1", "web:1"]);
    expect(run.log.at(-1)).toMatch(/^(event rolled|update)/);
    expect(run.log).toContain('event rolled {"image":"web:2"}');
  });

  it("undoes its items before its ensure runs", async () => {
    const run = await runInMemory({
      program: roll,
      action: "roll",
      inputs: { cluster: "shop", image: "web:2", at_once: 1 },
      fault: ({ node, arguments: given }) =>
        node !== "shop-1" && given["image"] === "web:2" ? "no such image" : null,
    });
    expect(run.log.at(-2)).toBe('update shop-1 {"image":"web:1"}');
    expect(run.log.at(-1)).toBe('event rolled {"image":"web:2"}');
  });

  it("undoes in reverse order, side by side what ran side by side", async () => {
    const program = `${head}
action both(cluster: Cluster<fake.server>) {
  for node in cluster.nodes batch all {
    node.update(image: "a") undo node.update(image: "undo a")
    node.update(image: "b") undo node.update(image: "undo b")
  }
  fail "for a reason"
}`;
    const run = await runInMemory({ program, action: "both", inputs: { cluster: "shop" } });
    const undone = run.log.filter((line) => line.includes("undo"));
    expect(undone.map((line) => line.replace(/update (shop-\d) .*undo (.).*/, "$2 $1"))).toEqual([
      "b shop-1",
      "b shop-2",
      "b shop-3",
      "a shop-1",
      "a shop-2",
      "a shop-3",
    ]);
    expect(run.end).toMatchObject({ status: "FAILED", reason: "for a reason" });
  });

  it("a failing undo is told beside the failure that led to it", async () => {
    const run = await runInMemory({
      program: roll,
      action: "roll",
      inputs: { cluster: "shop", image: "web:2" },
      fault: ({ node }) => (node === "shop-1" ? null : "disk full"),
    });
    expect(run.end.reason).toContain("disk full");
    expect(run.end.reason).toContain("undo at line 9 failed");
  });
});

describe("try", () => {
  const program = `${head}
action careful(cluster: Cluster<fake.server>) -> String {
  try {
    for node in cluster.nodes { node.update(image: "web:2") undo node.update(image: "web:1") }
  } recover error {
    emit "trouble" { why: error.message, line: error.line }
    return "recovered"
  } ensure {
    emit "always" {}
  }
  return "fine"
}`;

  it("undoes the body, then recovers, then ensures", async () => {
    const run = await runInMemory({
      program,
      action: "careful",
      inputs: { cluster: "shop" },
      fault: ({ node, arguments: given }) => (node === "shop-2" && given["image"] === "web:2" ? "bad" : null),
    });
    expect(run.end).toMatchObject({ status: "SUCCEEDED", outputs: "recovered" });
    expect(run.log).toEqual([
      'update shop-1 {"image":"web:2"}',
      'update shop-2 {"image":"web:2"} failed: bad',
      'update shop-2 {"image":"web:1"}',
      'update shop-1 {"image":"web:1"}',
      'event trouble {"why":"1 of 3 failed: node \\"shop-2\\": bad","line":8}',
      "event always {}",
    ]);
  });

  it("does not recover from a cancel", async () => {
    const run = await runInMemory({ program, action: "careful", inputs: { cluster: "shop" }, cancelAt: 2 });
    expect(run.end.status).toBe("CANCELLED");
    expect(run.log).toEqual([
      'update shop-1 {"image":"web:2"}',
      'update shop-2 {"image":"web:1"}',
      'update shop-1 {"image":"web:1"}',
      "event always {}",
    ]);
  });
});

describe("parallel", () => {
  it("runs all branches to their end, then fails and undoes the one that did well", async () => {
    const program = `${head}
action both(cluster: Cluster<fake.server>) {
  parallel {
    for node in cluster.nodes { node.update(image: "web:2") undo node.update(image: "web:1") }
    { wait 2s fail "second branch" }
  }
}`;
    const run = await runInMemory({ program, action: "both", inputs: { cluster: "shop" } });
    expect(run.end).toMatchObject({ status: "FAILED", reason: "second branch" });
    expect(images(run)).toEqual(["web:1", "web:1", "web:1"]);
    expect(run.log).toHaveLength(7);
  });
});

describe("policies", () => {
  const program = `${head.replace("in 1..10", "in 1..10 policies: [guard(least: 60%), order]")}
policy guard(least: Percent) {
  before resize, scale_in priority 10 {
    deny "leaves {request.remaining} of {cluster.size}" when request.remaining < cluster.size * least
    batch 1 pause 5s
  }
}
policy order {
  before scale_in { choose cluster.nodes.sort(n => [n.healthy, n.index]).reverse() }
  after scale_in { emit "shrunk" { to: request.size } }
}`;

  it("deny ends the action before anything happens, and is kept", async () => {
    const run = await runInMemory({
      program,
      action: "CLUSTER_SCALE_IN",
      inputs: { cluster: "shop", count: 2 },
    });
    expect(run.end.status).toBe("FAILED");
    expect(run.end.reason).toBe('policy "guard" denies CLUSTER_SCALE_IN of cluster "shop": leaves 1 of 3');
    expect(run.log).toEqual([]);
    expect(run.end.decisions.map((d) => [d.policy, d.decision])).toEqual([["guard", "denied"]]);
  });

  it("choose picks the victims, after hooks follow", async () => {
    const run = await runInMemory({
      program,
      action: "CLUSTER_SCALE_IN",
      inputs: { cluster: "shop", count: 1 },
    });
    expect(run.log).toEqual(["shop.size = 2", "delete shop-3", 'event shrunk {"to":2}']);
    expect(run.end.decisions.map((d) => [d.policy, d.decision])).toEqual([
      ["guard", "limited"],
      ["order", "chose"],
      ["order", "passed"],
    ]);
  });

  it("batch bounds the loops over nodes", async () => {
    const run = await runInMemory({
      program,
      action: "CLUSTER_RESIZE",
      inputs: { cluster: "shop", size: 6 },
    });
    expect(run.log).toEqual([
      "shop.size = 6",
      "add 3 nodes to shop",
      "create shop-4",
      "sleep 5000",
      "create shop-5",
      "sleep 5000",
      "create shop-6",
    ]);
  });

  it("without a policy the sick and the oldest go first", async () => {
    const run = await runInMemory({
      program: head,
      action: "CLUSTER_SCALE_IN",
      inputs: { cluster: "shop", count: 2 },
      sick: ["shop-3"],
    });
    expect(run.nodes.map((node) => node.name)).toEqual(["shop-2"]);
  });
});

describe("calls of other actions", () => {
  it("run inline, are undone by the caller, and their bounds hold", async () => {
    const program = `${head}
cluster spare { profile: web size: 1 in 1..2 }
action lend() {
  shop.scale_out(1) undo shop.scale_in(1)
  spare.scale_in(2)
}`;
    const run = await runInMemory({ program, action: "lend" });
    expect(run.end).toMatchObject({ status: "FAILED" });
    expect(run.end.reason).toBe('size 0 is outside 1..2 of cluster "spare"');
    expect(run.log).toEqual([
      "shop.size = 4",
      "add 1 nodes to shop",
      "create shop-4",
      "shop.size = 3",
      "delete shop-1",
    ]);
  });

  it("a plugin's function gives its result to let", async () => {
    const program = `${head}
action talk() -> String { let answer = fake.ping(text: "hi") return answer }`;
    const run = await runInMemory({ program, action: "talk" });
    expect(run.log).toEqual(['fake.ping {"text":"hi"}']);
    expect(run.end).toMatchObject({ status: "SUCCEEDED", outputs: "pong hi" });
  });
});

describe("a run-time fault of an expression", () => {
  it("is a failure with its place, not a crash", async () => {
    const program = `${head}
action divide(cluster: Cluster, by: Int) -> Int {
  emit "begin" {}
  return cluster.size.div(by)
}`;
    const run = await runInMemory({ program, action: "divide", inputs: { cluster: "shop", by: 0 } });
    expect(run.end.status).toBe("FAILED");
    expect(run.end.failure?.at).toMatchObject({ line: 8 });
  });
});

describe("a run that becomes too long", () => {
  it("fails in time to undo, with its line and a way on", async () => {
    const run = await runInMemory({
      program: roll,
      action: "roll",
      inputs: { cluster: "shop", image: "web:2", at_once: 1 },
      exhaustedAt: 3,
    });
    expect(run.end).toMatchObject({ status: "FAILED", failure: { code: "run-too-long" } });
    expect(images(run)).toEqual(["web:1", "web:1", "web:1"]);
    expect(run.log.at(-1)).toBe('event rolled {"image":"web:2"}');
  });
});

describe("built-in actions", () => {
  it("create all nodes of a new cluster; one that fails fails the action, the others stay", async () => {
    const run = await runInMemory({
      program: head,
      action: "CLUSTER_CREATE",
      inputs: { cluster: "shop" },
      empty: true,
      fault: ({ node }) => (node === "shop-2" ? "quota" : null),
    });
    expect(run.end).toMatchObject({ status: "FAILED", reason: '1 of 3 failed: node "shop-2": quota' });
    expect(run.nodes.filter((node) => node.status === "ACTIVE")).toHaveLength(2);
  });

  it("delete a cluster with its nodes", async () => {
    const run = await runInMemory({ program: head, action: "CLUSTER_DELETE", inputs: { cluster: "shop" } });
    expect(run.nodes).toEqual([]);
    expect(run.clusters.map((cluster) => cluster.name)).toEqual([]);
  });
});
