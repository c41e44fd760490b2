import { join } from "node:path";
import { Client } from "@temporalio/client";
import { bundleWorkflowCode, DefaultLogger, NativeConnection, Runtime, Worker } from "@temporalio/worker";
import pino from "pino";
import { applyProgram } from "../../engine/actions/apply-program.ts";
import { loadPlugin } from "../../engine/host/load-plugin.ts";
import { holdMailboxes } from "../../engine/store/mailbox.ts";
import { insertPlugin } from "../../engine/store/plugins.ts";
import { createPool } from "../../engine/store/pool.ts";
import { createHost } from "../../engine/actions/create-host.ts";
import { createActivities } from "../../engine/worker/create-activities.ts";
import { createWorker } from "../../engine/worker/create-worker.ts";
import { startEmbedded } from "../embedded.ts";
import { median, rounded } from "../statistics.ts";
import type { Row, Suite } from "../suite.ts";

const root = join(import.meta.dirname, "../..");
const projectId = "bench";

/** Nodes, and how often each way is measured; the two ways take turns. */
const cases = [
  { nodes: 1, rounds: 21 },
  { nodes: 10, rounds: 21 },
  { nodes: 100, rounds: 15 },
  { nodes: 1000, rounds: 9 },
];

/** The interpreter beside a hand-written workflow: the same activities in the same batches, on the same worker. */
export const createSuite: Suite = {
  name: "create",
  title: "Create fake nodes: the interpreter beside a hand-written workflow",
  async run(say) {
    const embedded = await startEmbedded();
    try {
      return await measure(embedded, say);
    } finally {
      await embedded.stop();
    }
  },
};

async function measure(
  embedded: { readonly databaseUrl: string; readonly temporalAddress: string },
  say: (line: string) => void,
): Promise<readonly Row[]> {
  Runtime.install({ logger: new DefaultLogger("ERROR") });
  const logger = pino({ level: "error" });
  const pool = createPool({ url: embedded.databaseUrl, max: 20 });
  const host = createHost(pool, logger);
  const connection = await NativeConnection.connect({ address: embedded.temporalAddress });
  const activities = createActivities({ logger }, pool, host);
  const plugin = await loadPlugin(join(root, "plugins/fake"));
  const { name, version } = plugin.manifest;
  await insertPlugin(pool, {
    hash: plugin.hash,
    name,
    version,
    manifest: plugin.manifest,
    bundle: plugin.bundle,
  });
  const workflowBundle = await bundleWorkflowCode({
    workflowsPath: join(root, "bench/handwritten/create-cluster.ts"),
    logger: new DefaultLogger("ERROR"),
  });
  const workers = [
    await createWorker({ connection, activities, taskQueue: "interpreter" }),
    await Worker.create({
      connection,
      taskQueue: "handwritten",
      workflowBundle,
      activities,
      maxConcurrentActivityTaskExecutions: 500,
      maxEagerActivityReservationsPerWorkflowTask: 100,
    }),
  ];
  const running = workers.map((worker) => worker.run());
  const client = new Client({ connection });

  /** Makes a cluster's records, then times its workflow from start to end. */
  const once = async (way: "interpreter" | "handwritten", nodes: number, number: number) => {
    const program = `${way}-${nodes}-${number}`;
    const cluster = program.replaceAll("-", "_");
    const text = `plugin fake from "../plugins/fake" { allow state }
profile web = fake.server { image: "web:1" }
cluster ${cluster} { profile: web size: ${nodes} in 0..10000 }
`;
    const applied = await applyProgram(pool, {
      projectId,
      userId: "bench",
      path: `${program}.coppice`,
      text,
      imports: [],
      parameters: {},
      plugins: { "../plugins/fake": plugin.hash },
    });
    const action = applied.ok ? applied.actions[0] : undefined;
    if (action === undefined) throw new Error(JSON.stringify(applied));
    await holdMailboxes(pool, { actionId: action.id });
    const type = way === "interpreter" ? "CLUSTER_CREATE" : "createCluster";
    const begun = performance.now();
    const handle = await client.workflow.start(type, {
      args: [{ actionId: action.id, planHash: action.plan_hash }],
      taskQueue: way,
      workflowId: action.id,
      requestEagerStart: true,
    });
    await handle.result();
    const milliseconds = performance.now() - begun;
    const { historyLength } = await handle.describe();
    const made = await pool.query(
      "select count(*)::integer as n from node where cluster_id = $1 and status = 'ACTIVE'",
      [action.cluster_id],
    );
    if (made.rows[0].n !== nodes) throw new Error(`${program}: ${made.rows[0].n} nodes of ${nodes}`);
    return { milliseconds, events: historyLength };
  };

  const rows: Row[] = [];
  try {
    await once("interpreter", 25, 0);
    await once("handwritten", 25, 0);
    for (const { nodes, rounds } of cases) {
      const times = { interpreter: [] as number[], handwritten: [] as number[] };
      const events = { interpreter: 0, handwritten: 0 };
      for (let round = 1; round <= rounds; round += 1) {
        const ways =
          round % 2 === 0
            ? (["interpreter", "handwritten"] as const)
            : (["handwritten", "interpreter"] as const);
        for (const way of ways) {
          const { milliseconds, events: count } = await once(way, nodes, round);
          times[way].push(milliseconds);
          events[way] = Math.max(events[way], count);
        }
      }
      const ratio = median(times.interpreter) / median(times.handwritten);
      say(`${nodes} nodes: ${rounded(ratio)} times a hand-written workflow's time`);
      rows.push({
        case: `${nodes} nodes`,
        figures: {
          interpreter_ms: rounded(median(times.interpreter)),
          handwritten_ms: rounded(median(times.handwritten)),
          ratio: Number(ratio.toFixed(2)),
          interpreter_events: events.interpreter,
          handwritten_events: events.handwritten,
        },
        target: {
          text: `at most 1.10 times, no more events${nodes === 1000 ? ", at most 200" : ""}`,
          met:
            ratio <= 1.1 &&
            events.interpreter <= events.handwritten &&
            (nodes < 1000 || events.interpreter <= 200),
        },
      });
    }
  } finally {
    for (const worker of workers) worker.shutdown();
    await Promise.all(running);
    await connection.close();
    await host.close();
    await pool.end();
  }
  return rows;
}
