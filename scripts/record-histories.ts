import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Client, Connection } from "@temporalio/client";
import proto from "@temporalio/proto";
import { configOf } from "../engine/config/config-of.ts";
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

const pool = `plugin fake from "../../plugins/fake" { allow state  with { latency: 20ms } }
profile web = fake.server { image: "web:1" }
enum Tier { small, large }
cluster pool { profile: web  size: 0 in 0..20  policies: [spread, few, calm enforce warn] }
policy spread { before scale_out priority 10 { place image across ["a", "b"] weights { a: 2 } } }
policy few { before scale_out priority 20 { limit 4 } }
policy calm { before scale_out { warn "grows" deny "by more than 2" when request.count > 2 } }
action grow(tier: Tier) {
  match tier {
    small => { pool.scale_out(1) }
    large => { pool.scale_out(9) }
  }
}
action release(image: String, patience: Duration = 1h) -> Bool {
  for node in pool.nodes batch 2 { node.update(image: image) undo node.update(image: "web:1") }
  approve "Keep {image}?" by operator within patience
  return now() > time("2026-01-01 00:00")
}
action one_by_one() {
  for node in pool.nodes batch all {
    approve "Update {node.name}?" by operator within 1h
    lock "deploy", "pool" within 1m {
      node.update(image: "web:9") undo node.update(image: "web:1")
      emit "updated" { node: node.name }
    }
  }
}
action guarded(hold: Duration, patience: Duration = 1m) {
  lock "works" within patience { wait hold }
}
`;

/** One run to record: `cancel` after so many milliseconds, `answers` to its questions, the last one first. */
interface RunToRecord {
  readonly name: string;
  readonly program?: string;
  readonly action: string;
  readonly inputs: readonly string[];
  readonly cancelAfterMs?: number;
  readonly answers?: readonly ("granted" | "refused")[];
  /** Goes on beside the next one. */
  readonly beside?: boolean;
}

const runs: readonly RunToRecord[] = [
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
  { name: "match-limit-place", program: "pool", action: "grow", inputs: ["tier=large"] },
  { name: "approved", program: "pool", action: "release", inputs: ["image=web:2"], answers: ["granted"] },
  { name: "refused", program: "pool", action: "release", inputs: ["image=web:3"], answers: ["refused"] },
  { name: "nobody-answered", program: "pool", action: "release", inputs: ["image=web:4", "patience=1s"] },
  {
    name: "cancelled-while-asking",
    program: "pool",
    action: "release",
    inputs: ["image=web:5"],
    cancelAfterMs: 1_000,
  },
  {
    name: "approvals-and-locks-in-lanes",
    program: "pool",
    action: "one_by_one",
    inputs: [],
    answers: ["granted", "granted", "refused", "granted"],
  },
  { name: "lock-held", program: "pool", action: "guarded", inputs: ["hold=3s"], beside: true },
  { name: "lock-timed-out", program: "pool", action: "guarded", inputs: ["hold=1s", "patience=1s"] },
  { name: "lock-held-again", program: "pool", action: "guarded", inputs: ["hold=3s"], beside: true },
  { name: "lock-waited-for", program: "pool", action: "guarded", inputs: ["hold=10ms"] },
];

const home = mkdtempSync(join(tmpdir(), "coppice-histories-"));
const stack = await startStack({ config: configOf({ PATH: process.env["PATH"], COPPICE_HOME: home }) });
const connection = await Connection.connect({ address: stack.state().temporal_address ?? "" });
try {
  const client = new Client({ connection });
  const cli = (...args: string[]) => runCoppice(args, { env: { COPPICE_HOME: home }, cwd: work });
  for (const [name, text] of Object.entries({ shop, pool })) {
    writeFileSync(join(work, `${name}.coppice`), text);
    const applied = await cli("apply", `${name}.coppice`, "--yes");
    if (applied.code !== 0) throw new Error(applied.stderr + applied.stdout);
  }
  const beside: Promise<void>[] = [];
  for (const run of runs) {
    const id = await begin(cli, client, run);
    const recorded = record(client, run, id);
    if (run.beside === true) beside.push(recorded);
    else await recorded;
  }
  await Promise.all(beside);
} finally {
  await connection.close();
  await stack.stop();
  rmSync(home, { recursive: true, force: true });
}

type Cli = (...args: string[]) => ReturnType<typeof runCoppice>;

/** Starts an action, answers what it asks, cancels it: returns when nothing more is to be done to it. */
async function begin(cli: Cli, client: Client, run: RunToRecord): Promise<string> {
  const { program = "shop", action, inputs, cancelAfterMs, answers = [] } = run;
  const begun = await cli("run", action, ...inputs, "--program", program, "--no-wait", "--json");
  if (begun.code !== 0) throw new Error(begun.stderr + begun.stdout);
  const { id } = JSON.parse(begun.stdout).action as { id: string };
  const handle = client.workflow.getHandle(id);
  await until(async () => {
    await handle.describe(); // the dispatcher may still be on its way
    return true;
  });
  if (cancelAfterMs !== undefined) {
    await new Promise((resolve) => setTimeout(resolve, cancelAfterMs));
    await cli("cancel", id);
  }
  const open = async () =>
    JSON.parse((await cli("approvals", "--json")).stdout).approvals as readonly { call_id: string }[];
  if (answers.length > 0) {
    await until(async () => (await open()).length === answers.length);
    for (const [index, question] of (await open()).entries()) {
      await cli("approve", id, "--call", question.call_id, ...(answers[index] === "refused" ? ["--no"] : []));
    }
  }
  if (run.beside === true) await new Promise((resolve) => setTimeout(resolve, 500)); // it must be the first
  return id;
}

async function record(client: Client, { name }: RunToRecord, id: string): Promise<void> {
  const handle = client.workflow.getHandle(id);
  await handle.result().catch(() => undefined); // failed and cancelled runs are wanted, too
  const history = await handle.fetchHistory();
  const bytes = proto.temporal.api.history.v1.History.encode(history).finish();
  const file = join(folder, `${name}.bin`);
  const known = existsSync(file);
  if (!known) writeFileSync(file, bytes, { flag: "wx" });
  const kept = known ? " (kept what is there)" : "";
  console.log(`${name}: ${history.events?.length} events, ${bytes.length} bytes${kept}`);
}

async function until(look: () => Promise<boolean>): Promise<void> {
  for (let tries = 0; tries < 100; tries += 1) {
    if (await look().catch(() => false)) return;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  throw new Error("waited in vain");
}
