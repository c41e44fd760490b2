import { describe, expect, it } from "vitest";
import { runInMemory } from "./memory-run.ts";

const program = `
plugin fake from "./fake" { allow state }
profile web = fake.server { image: "web:1" }
cluster shop { profile: web size: 2 in 1..10 }
action deploy(cluster: Cluster<fake.server>, names: String = "db") -> String {
  lock "release", names within 5m {
    for node in cluster.nodes batch all {
      node.update(image: "web:2") undo node.update(image: "web:1")
    }
    wait 1s
    if cluster.nodes.any(n => n.profile.image == "web:1") { fail "not all" }
    return "done"
  }
  return "never"
}
action both() {
  parallel {
    { lock "a" { wait 10s  emit "one" } }
    { lock "a" { wait 10s  emit "two" } }
    { lock "b" { wait 5s  emit "three" } }
  }
}
action then_fails(cluster: Cluster<fake.server>) {
  lock "a" {
    cluster.scale_out(1) undo cluster.scale_in(1)
  }
  fail "later"
}
`;
const deploy = (more: object = {}) =>
  runInMemory({ program, action: "deploy", inputs: { cluster: "shop" }, ...more });
const updates = ['update shop-1 {"image":"web:2"}', 'update shop-2 {"image":"web:2"}'];

describe("lock", () => {
  it("runs its body between taking and giving back, a return included", async () => {
    const run = await deploy();
    expect(run.log).toEqual(["lock db, release", ...updates, "sleep 1000", "release"]);
    expect(run.end).toMatchObject({ status: "SUCCEEDED", outputs: "done" });
    expect(run.summaries.filter((summary) => summary.startsWith("lock"))).toEqual([]);
  });

  it("takes a name once, however often it is written", async () => {
    const run = await deploy({ inputs: { cluster: "shop", names: "release" } });
    expect(run.log[0]).toBe("lock release");
  });

  it("waits while another run holds one of the names", async () => {
    const run = await deploy({ locked: { db: 60_000 } });
    expect(run.end.status).toBe("SUCCEEDED");
    expect(run.time).toBe(61_000);
    expect(run.summaries[0]).toBe('lock "db", "release" · test.coppice:6');
  });

  it("gives up in time, does nothing, and leaves the queue", async () => {
    const run = await deploy({ locked: { release: 3_600_000 } });
    expect(run.end).toMatchObject({
      status: "FAILED",
      reason: '"db", "release" were not free within 5m',
      failure: { code: "lock-timed-out", at: { line: 6 } },
    });
    expect(run.log).toEqual(["lock db, release", "release"]);
    expect(run.time).toBe(300_000);
  });

  it("undoes the body before it gives the names back", async () => {
    const run = await deploy({
      fault: ({ node, arguments: given }: { node: string; arguments: Record<string, unknown> }) =>
        node === "shop-2" && given["image"] === "web:2" ? "no such image" : null,
    });
    expect(run.end.status).toBe("FAILED");
    expect(run.log.at(-1)).toBe("release");
    expect(run.log.indexOf('update shop-1 {"image":"web:1"}')).toBeGreaterThan(0);
    expect(run.log.filter((line) => line === "release")).toHaveLength(1);
  });

  it.each([1, 2])("gives the names back when the run is cancelled before effect %i", async (cancelAt) => {
    const run = await deploy({ cancelAt });
    expect(run.end.status).toBe("CANCELLED");
    expect(run.log.at(-1)).toBe("release");
  });

  it("ends at once when it is cancelled in the queue", async () => {
    const run = await deploy({ locked: { db: 60_000 }, cancelAt: 1 });
    expect(run.end.status).toBe("CANCELLED");
    expect(run.log).toEqual(["lock db, release", "release"]);
    expect(run.time).toBe(0);
  });

  it("holds lanes of one run apart, first come, first served", async () => {
    const run = await runInMemory({ program, action: "both" });
    expect(run.log.filter((line) => line.startsWith("event"))).toEqual([
      "event three {}",
      "event one {}",
      "event two {}",
    ]);
    expect(run.time).toBe(20_000);
  });

  it("leaves the undo of a body that ended well to the scope around it", async () => {
    const run = await runInMemory({ program, action: "then_fails", inputs: { cluster: "shop" } });
    expect(run.end.reason).toBe("later");
    expect(run.nodes).toHaveLength(2);
    expect(run.log.filter((line) => line === "release")).toHaveLength(1);
  });
});
