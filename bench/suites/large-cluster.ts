import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Client, Connection } from "@temporalio/client";
import { configOf } from "../../engine/config/config-of.ts";
import { homeAt } from "../../engine/stack/home.ts";
import { postgresPart } from "../../engine/stack/postgres-part.ts";
import { type Stack, startStack } from "../../engine/stack/start-stack.ts";
import { createPool } from "../../engine/store/pool.ts";
import { peakMb, withChildren } from "../process-memory.ts";
import { rounded } from "../statistics.ts";
import type { Row, Suite } from "../suite.ts";

const nodes = 10_000;

/** One cluster of 10,000 nodes of the fake driver, through its whole life, on a stack as `coppice up` starts it. */
export const largeClusterSuite: Suite = {
  name: "large-cluster",
  title: `One cluster of ${nodes} fake nodes: create, check, list, resize, update, recover, delete`,
  onlyByName: true,
  async run(say) {
    const home = mkdtempSync(join(tmpdir(), "coppice-bench-"));
    const { PATH, TEMPORAL_CLI, COPPICE_POSTGRES_USER } = process.env;
    const stack = await startStack({
      config: configOf({
        PATH,
        TEMPORAL_CLI,
        COPPICE_POSTGRES_USER,
        COPPICE_HOME: home,
        COPPICE_MAX_NODES_PER_CLUSTER: String(nodes),
      }),
    });
    try {
      return await measure(stack, home, say);
    } finally {
      await stack.stop();
      rmSync(home, { recursive: true, force: true });
    }
  },
};

async function measure(stack: Stack, home: string, say: (line: string) => void): Promise<readonly Row[]> {
  const { ports, api_url: url } = stack.state();
  const pool = createPool({ url: postgresPart(homeAt(home), ports.postgres ?? 0).url, max: 4 });
  const connection = await Connection.connect({ address: `127.0.0.1:${ports.temporal}` });
  const temporal = new Client({ connection });
  const token = readFileSync(homeAt(home).token, "utf8").trim();
  const rows: Row[] = [];

  const ask = async (method: string, path: string, body?: unknown) => {
    const response = await fetch(`${url}/v1${path}`, {
      method,
      headers: {
        "x-auth-token": token,
        "openstack-api-version": "clustering latest",
        ...(body === undefined ? {} : { "content-type": "application/json" }),
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const text = await response.text();
    if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${text}`);
    // biome-ignore lint/suspicious/noExplicitAny: parsed JSON, looked into right away
    return { json: (text === "" ? null : JSON.parse(text)) as any, headers: response.headers };
  };

  /** An action from its request to its end; what it cost, and the most memory that each kind of process has had so far. */
  const timed = async (name: string, request: () => Promise<string>, left: number) => {
    const begun = performance.now();
    const id = await request();
    for (;;) {
      const found = await pool.query("select status, status_reason from action where id = $1", [id]);
      const { status, status_reason: reason } = found.rows[0];
      if (status === "SUCCEEDED") break;
      if (status !== "READY" && status !== "RUNNING") throw new Error(`${name}: ${status} ${reason}`);
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
    const seconds = (performance.now() - begun) / 1000;
    const { historyLength, historySize } = await temporal.workflow.getHandle(id).describe();
    const there = await pool.query(
      "select count(*)::integer as n from node n join cluster c on c.id = n.cluster_id where c.name = 'large' and n.status = 'ACTIVE'",
    );
    if (there.rows[0].n !== left)
      throw new Error(`${name}: ${there.rows[0].n} nodes are ACTIVE, not ${left}`);
    const memory = memoryOf(stack);
    say(`${name}: ${rounded(seconds)} s, ${historyLength} events, worker ${memory.worker_mb} MB`);
    rows.push({
      case: name,
      figures: {
        seconds: rounded(seconds),
        events: historyLength,
        history_kb: Math.round((historySize ?? 0) / 1024),
        ...memory,
      },
      target: { text: "at most 10,240 events, where Temporal warns", met: historyLength <= 10_240 },
    });
  };

  try {
    const plugin = join(import.meta.dirname, "../../plugins/fake");
    await applied(home, plugin);
    await untilQuiet(pool);
    const act = (body: object) => async () =>
      (await ask("POST", "/clusters/large/actions", body)).json.action;
    await timed(
      "create (resize 0 to all)",
      act({ resize: { adjustment_type: "EXACT_CAPACITY", number: nodes } }),
      nodes,
    );
    await timed("check", act({ check: {} }), nodes);
    const begun = performance.now();
    let listed = 0;
    for (let marker: string | null = null; ; ) {
      const page: { id: string }[] = (
        await ask("GET", `/nodes?limit=1000${marker === null ? "" : `&marker=${marker}`}`)
      ).json.nodes;
      listed += page.length;
      marker = page.at(-1)?.id ?? null;
      if (marker === null) break;
    }
    if (listed !== nodes) throw new Error(`${listed} nodes were listed`);
    const listing = performance.now() - begun;
    say(`list: ${rounded(listing)} ms in pages of 1,000`);
    rows.push({ case: "list all nodes in pages of 1,000", figures: { seconds: rounded(listing / 1000) } });
    const half = nodes / 2;
    await timed(
      "resize to a half",
      act({ resize: { adjustment_type: "EXACT_CAPACITY", number: half } }),
      half,
    );
    await timed(
      "resize to all",
      act({ resize: { adjustment_type: "EXACT_CAPACITY", number: nodes } }),
      nodes,
    );
    const other = await pool.query("select profile_id from cluster where name = 'other'");
    const update = async () => {
      const cluster = { profile_id: other.rows[0].profile_id };
      const { headers } = await ask("PATCH", "/clusters/large", { cluster });
      return headers.get("location")?.split("/").at(-1) ?? "";
    };
    await timed("update to another profile", update, nodes);
    await pool.query(
      "update node set status = 'ERROR', healthy = false where cluster_id = (select id from cluster where name = 'large')",
    );
    await timed("recover all", act({ recover: { operation: "RECREATE" } }), nodes);
    await timed(
      "delete",
      async () => (await ask("DELETE", "/clusters/large")).headers.get("location")?.split("/").at(-1) ?? "",
      0,
    );
    return rows;
  } finally {
    await connection.close();
    await pool.end();
  }
}

/** Applies the program through the CLI, which uploads its plugin. */
async function applied(home: string, plugin: string): Promise<void> {
  const { runCoppice } = await import("../../test/support/run-coppice.ts");
  const { writeFileSync } = await import("node:fs");
  const path = join(home, "large.coppice");
  writeFileSync(
    path,
    `plugin fake from "${plugin}" { allow state }
profile box = fake.server { image: "box:1" }
profile newer = fake.server { image: "box:2" }
cluster large { profile: box size: 0 in 0..${nodes} }
cluster other { profile: newer size: 0 in 0..1 }
`,
  );
  const ran = await runCoppice(["apply", path, "--yes"], { env: { COPPICE_HOME: home } });
  if (ran.code !== 0) throw new Error(ran.stdout + ran.stderr);
}

async function untilQuiet(pool: ReturnType<typeof createPool>): Promise<void> {
  for (;;) {
    const left = await pool.query("select from action where status in ('READY', 'RUNNING') limit 1");
    if (left.rowCount === 0) return;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

/** The most memory that each process has had since it began, in MB. */
function memoryOf(stack: Stack): Record<string, number> {
  const pidOf = (part: string) => stack.state().parts[part as "worker"]?.process?.pid;
  const worker = pidOf("worker");
  const guests = withChildren(worker === undefined ? [] : [worker]).filter((pid) => pid !== worker);
  return {
    worker_mb: peakMb(worker),
    plugin_mb: Math.max(0, ...guests.map(peakMb)),
    api_mb: peakMb(pidOf("api")),
    temporal_mb: peakMb(pidOf("temporal")),
  };
}
