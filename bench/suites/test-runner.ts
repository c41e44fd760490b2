import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { median, rounded } from "../statistics.ts";
import type { Row, Suite } from "../suite.ts";

const root = join(import.meta.dirname, "../..");
const tests = 200;

/** `coppice test` on 200 tests, as a person waits for it: process start, compiling and all. */
export const testRunnerSuite: Suite = {
  name: "test-runner",
  title: "coppice test, 200 tests",
  async run() {
    return [
      row("in one program", 1),
      row("in 20 programs", 20),
      row("in 20 programs, with coverage", 20, "--coverage"),
    ];
  },
};

function row(name: string, programs: number, ...options: readonly string[]): Row {
  const folder = mkdtempSync(join(tmpdir(), "coppice-bench-"));
  try {
    for (let n = 0; n < programs; n += 1)
      writeFileSync(join(folder, `shop${n}.coppice`), program(tests / programs));
    const times: number[] = [];
    for (let round = 0; round < 8; round += 1) {
      const begun = performance.now();
      const out = execFileSync(join(root, "coppice"), ["test", ".", ...options], {
        cwd: folder,
        encoding: "utf8",
      });
      if (!out.includes(`${tests} passed`)) throw new Error(out.slice(-500));
      if (round > 0) times.push(performance.now() - begun);
    }
    const time = median(times);
    return {
      case: name,
      figures: {
        median_ms: rounded(time),
        slowest_ms: rounded(Math.max(...times)),
        tests_per_s: rounded(tests / (time / 1_000)),
      },
      target: { text: "under 2 s, process start included", met: time < 2_000 },
    };
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** A rolling update with a policy, and tests with faults, retries, waits, cancels and policies. */
function program(count: number): string {
  const blocks = Array.from({ length: Math.ceil(count / 5) }, (_, n) => fiveTests(n));
  return head + blocks.join("");
}

const head = `plugin fake from "${join(root, "plugins/fake")}" {
  allow state
}
profile web = fake.server { image: "web:1" }
cluster shop { profile: web  size: 6 in 1..20  policies: [careful(least: 50%)] }
policy careful(least: Percent) {
  before resize, scale_in {
    deny "leaves {request.remaining}" when request.remaining < cluster.size * least
    batch 2 pause 30s
  }
}
action roll(cluster: Cluster<fake.server>, image: String, at_once: Int = 2) -> Int {
  for node in cluster.nodes batch at_once tolerate 1 failure {
    let old = node.profile.image
    node.update(image: image) retry 3 every 2s..1m timeout 5m
      undo node.update(image: old)
    wait until node.healthy every 5s within 5m
  } ensure {
    emit "rolled" { cluster: cluster.name, image: image }
  }
  return cluster.nodes.count(n => n.profile.image == image)
}
`;

function fiveTests(n: number): string {
  return `
test "rolls every node ${n}" {
  run roll(shop, image: "web:2")
  expect result == 6 and events.count() == 1
}
test "tries again ${n}" {
  given update fails on node 2 with "busy" times 2
  given update takes 1m
  run roll(shop, image: "web:2", at_once: 3)
  expect result == 6
  expect elapsed > 2m
}
test "gives back what failed ${n}" {
  given update fails on node 2 with "no such image" for good
  given update fails on node 5 with "no such image" for good
  run roll(shop, image: "web:2") expect failure "no such image"
  expect shop.nodes.all(m => m.profile.image == "web:1")
}
test "is undone when cancelled ${n}" {
  given update takes 1m
  run roll(shop, image: "web:2") cancel after 90s expect cancelled
  expect shop.nodes.all(m => m.profile.image == "web:1")
}
test "keeps half ${n}" {
  run shop.resize(2) expect denied "leaves 2"
  run shop.resize(4)
  expect shop.nodes.count() == 4
}
`;
}
