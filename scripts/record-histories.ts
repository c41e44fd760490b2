import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Client, Connection } from "@temporalio/client";
import proto from "@temporalio/proto";
import { homeAt } from "../engine/stack/home.ts";
import { startStack } from "../engine/stack/start-stack.ts";
import { runCoppice } from "../test/support/run-coppice.ts";

/**
 * Records the histories of some runs under test/histories/VERSION, which every later version must replay
 * (test/workflows/replay.test.ts). Run it once for each release, before the version number goes up; what is there
 * already is never changed. Usage: `npm run record-histories`
 */
const root = join(import.meta.dirname, "..");
const { version } = JSON.parse(readFileSync(join(root, "package.json"), "utf8"));
const folder = join(root, "test/histories", version);
mkdirSync(folder, { recursive: true });

/** The program lies here, so that no history holds a path of this machine. */
const work = join(root, ".cache/histories");
mkdirSync(work, { recursive: true });

const shop = `plugin fake from "../../plugins/fake" {
  allow state
  with { latency: 20ms, failures: [{ operation: "update", node: 5, message: "no such image" }] }
}
profile web = fake.server { image: "web:1" }
cluster shop { profile: web  size: 4 in 1..200  policies: [guard] }
cluster spare { profile: web  size: 1 in 0..4 }
policy guard {
  before scale_in { deny "keep two" when request.remaining < 2  choose cluster.nodes.reverse() }
  before resize { batch 50 pause 10ms }
}
action roll(cluster: Cluster<fake.server>, image: String, pause: Duration = 10ms) -> Int {
  for node in cluster.nodes batch 2 {
    let old = node.profile.image
    node.update(image: image) undo node.update(image: old)
    wait until node.healthy every 50ms within 10s
    wait pause
  } ensure {
    emit "rolled" { image: image }
  }
  cluster.set_profile(image: image)
  return cluster.nodes.count(n => n.profile.image == image)
}
action lend() {
  parallel {
    shop.scale_out(1) undo shop.scale_in(1)
    spare.scale_out(2)
  }
  try { roll(shop, image: "web:3") } recover error { emit "not_rolled" { why: error.message } }
}
`;

/** Name of the file, action, arguments; `cancel` after so many milliseconds. */
const runs: readonly { name: string; action: string; inputs: string[]; cancelAfterMs?: number }[] = [
  { name: "roll", action: "roll", inputs: ["cluster=shop", "image=web:2"] },
  {
    name: "roll-cancelled",
    action: "roll",
    inputs: ["cluster=shop", "image=web:3", "pause=2s"],
    cancelAfterMs: 1_000,
  },
  { name: "denied", action: "CLUSTER_SCALE_IN", inputs: ["cluster=shop", "count=3"] },
  { name: "lend-with-failure", action: "lend", inputs: [] },
  { name: "resize-in-batches", action: "CLUSTER_RESIZE", inputs: ["cluster=shop", "size=150"] },
  { name: "scale-in", action: "CLUSTER_SCALE_IN", inputs: ["cluster=shop", "count=100"] },
  { name: "delete", action: "CLUSTER_DELETE", inputs: ["cluster=spare"] },
];

const home = mkdtempSync(join(tmpdir(), "coppice-histories-"));
const stack = await startStack({ home: homeAt(home), env: {} });
const connection = await Connection.connect({ address: stack.state().temporal_address ?? "" });
try {
  const client = new Client({ connection });
  const program = join(work, "shop.coppice");
  writeFileSync(program, shop);
  const cli = (...args: string[]) => runCoppice(args, { env: { COPPICE_HOME: home }, cwd: work });
  const applied = await cli("apply", "shop.coppice", "--yes");
  if (applied.code !== 0) throw new Error(applied.stderr + applied.stdout);
  for (const { name, action, inputs, cancelAfterMs } of runs) {
    const begun = await cli("run", action, ...inputs, "--program", "shop", "--no-wait", "--json");
    const { id } = JSON.parse(begun.stdout).action;
    if (cancelAfterMs !== undefined) {
      await new Promise((resolve) => setTimeout(resolve, cancelAfterMs));
      await cli("cancel", id);
    }
    const handle = client.workflow.getHandle(id);
    for (let tries = 0; tries < 50; tries += 1) {
      const started = await handle.describe().then(
        () => true,
        () => false,
      ); // the dispatcher may still be on its way
      if (started) break;
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
    await handle.result().catch(() => undefined); // failed and cancelled runs are wanted, too
    const history = await handle.fetchHistory();
    const bytes = proto.temporal.api.history.v1.History.encode(history).finish();
    writeFileSync(join(folder, `${name}.bin`), bytes, { flag: "wx" });
    console.log(`${name}: ${history.events?.length} events, ${bytes.length} bytes`);
  }
} finally {
  await connection.close();
  await stack.stop();
  rmSync(home, { recursive: true, force: true });
}
