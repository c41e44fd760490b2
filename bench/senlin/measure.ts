import { randomBytes } from "node:crypto";
import autocannon from "autocannon";
import { type Account, logIn, makePeople } from "../../test/support/keystone.ts";
import { median, quantile } from "../statistics.ts";
import { type Client, createActive, done, newClient, remove } from "./client.ts";
import { keystone, type System } from "./system.ts";

/** One measured thing: seconds, or the load of a request. */
export type Measured =
  | { readonly kind: "seconds"; readonly median: number; readonly slowest: number; readonly rounds: number }
  | { readonly kind: "load"; readonly clients: Readonly<Record<number, Load>> };

export interface Load {
  readonly per_second: number;
  /** NaN where requests meet closing connections and are tried again. */
  readonly p50_ms: number;
  readonly p99_ms: number;
}

/** What was measured on one system, by the case's name; memory before and after. */
export interface Measurements {
  readonly cases: ReadonlyMap<string, Measured>;
  readonly idle: Memory;
  /** The highest after any of the cases. */
  readonly highest: Memory;
  /** When all had been quiet for a while. */
  readonly after: Memory;
}

export type Memory = ReturnType<System["memory"]>;

/** How much is done; a quick run shows that everything works. */
export interface Scale {
  /** Nodes of a new cluster, and how often it is created. */
  readonly creates: readonly { readonly nodes: number; readonly rounds: number }[];
  readonly resizeRounds: number;
  readonly burst: { readonly clusters: number; readonly nodes: number; readonly rounds: number };
  readonly attachRounds: number;
  readonly manyClusters: number;
  /** Clusters of how many nodes make the long list of nodes. */
  readonly manyNodes: { readonly clusters: number; readonly each: number };
  readonly loadSeconds: number;
}

/** `life`: clusters' creation, growth and policies; `lists`: what is read, at how many requests a second. */
export type Part = "life" | "lists";

export const fullScale: Scale = {
  creates: [
    { nodes: 0, rounds: 11 },
    { nodes: 1, rounds: 7 },
    { nodes: 10, rounds: 5 },
    { nodes: 50, rounds: 3 },
    { nodes: 100, rounds: 3 },
    { nodes: 200, rounds: 3 },
    { nodes: 1000, rounds: 1 },
  ],
  resizeRounds: 3,
  burst: { clusters: 20, nodes: 5, rounds: 3 },
  attachRounds: 5,
  manyClusters: 1000,
  manyNodes: { clusters: 10, each: 1000 },
  loadSeconds: 10,
};

export const quickScale: Scale = {
  creates: [
    { nodes: 0, rounds: 3 },
    { nodes: 1, rounds: 2 },
    { nodes: 10, rounds: 1 },
    { nodes: 100, rounds: 1 },
  ],
  resizeRounds: 1,
  burst: { clusters: 20, nodes: 5, rounds: 1 },
  attachRounds: 2,
  manyClusters: 50,
  manyNodes: { clusters: 1, each: 200 },
  loadSeconds: 2,
};

const spec = {
  type: "os.nova.server",
  version: "1.0",
  properties: { flavor: "1", image: "cirros", networks: [{ network: "private" }] },
};
const deletionPolicy = {
  type: "senlin.policy.deletion",
  version: "1.1",
  properties: { criteria: "OLDEST_FIRST" },
};

/** Measures the cases of these parts on one system, one after the other. */
export async function measure(
  system: System,
  { scale, parts }: { readonly scale: Scale; readonly parts: readonly Part[] },
  say: (line: string) => void,
): Promise<Measurements> {
  const cases = new Map<string, Measured>();
  await quiet(20);
  const idle = system.memory();
  let highest = idle;
  const look = () => {
    const now = system.memory();
    if (now.own_mb > highest.own_mb) highest = now;
  };
  const clients: Client[] = [];
  const client = async () => {
    const made = newClient(system, await newAccount());
    clients.push(made);
    const { body } = await made.call("POST", "/v1/profiles", { profile: { name: "p", spec } });
    return { client: made, profile: String(body["profile"]?.["id"]) };
  };
  const keep = (name: string, seconds: readonly number[]) => {
    look();
    const measured = { kind: "seconds", median: median(seconds), slowest: Math.max(...seconds) } as const;
    cases.set(name, { ...measured, rounds: seconds.length });
    say(`${system.name}: ${name}: ${measured.median.toFixed(3)} s`);
  };
  try {
    const work = await client();
    await createActive(work.client, "first", work.profile, 1); // what happens only once has happened
    if (parts.includes("life")) await lifeCycle(work.client, work.profile, scale, keep);
    if (parts.includes("lists"))
      await lists(client, scale, (name, load) => {
        look();
        cases.set(name, { kind: "load", clients: load });
        say(`${system.name}: ${name}: ${load[8]?.per_second.toFixed(1)} requests/s at 8 clients`);
      });
    await quiet(80);
    return { cases, idle, highest, after: system.memory() };
  } finally {
    for (const each of clients) await each.close();
  }
}

async function lifeCycle(
  client: Client,
  profile: string,
  scale: Scale,
  keep: (name: string, seconds: readonly number[]) => void,
): Promise<void> {
  let n = 0;
  for (const { nodes, rounds } of scale.creates) {
    const seconds: number[] = [];
    for (let round = 0; round < rounds; round++) {
      const begun = performance.now();
      const id = await createActive(client, `c${n++}`, profile, nodes);
      seconds.push((performance.now() - begun) / 1000);
      await remove(client, id);
    }
    keep(`create ${nodes} nodes`, seconds);
  }
  const up: number[] = [];
  const down: number[] = [];
  const resized = await createActive(client, "resized", profile, 100);
  const resize = async (number: number) => {
    const begun = performance.now();
    const body = { resize: { adjustment_type: "EXACT_CAPACITY", number } };
    await done(client, (await client.call("POST", `/v1/clusters/${resized}/actions`, body)).action);
    return (performance.now() - begun) / 1000;
  };
  for (let round = 0; round < scale.resizeRounds; round++) {
    up.push(await resize(200));
    down.push(await resize(100));
  }
  keep("resize 100 to 200", up);
  keep("resize 200 to 100", down);
  await remove(client, resized);

  const bursts: number[] = [];
  const { clusters, nodes, rounds } = scale.burst;
  for (let round = 0; round < rounds; round++) {
    const begun = performance.now();
    const names = Array.from({ length: clusters }, (_, each) => `b${round}-${each}`);
    // many who look every 10 ms would be a good part of the load
    const ids = await Promise.all(names.map((name) => createActive(client, name, profile, nodes, 40)));
    bursts.push((performance.now() - begun) / 1000);
    for (const id of ids) await remove(client, id);
  }
  keep(`${clusters} creates of ${nodes} nodes at once`, bursts);

  const attaches: number[] = [];
  const { body } = await client.call("POST", "/v1/policies", { policy: { name: "d", spec: deletionPolicy } });
  for (let round = 0; round < scale.attachRounds; round++) {
    const id = await createActive(client, `a${round}`, profile, 0);
    const begun = performance.now();
    const attach = { policy_attach: { policy_id: body["policy"]?.["id"] } };
    await done(client, (await client.call("POST", `/v1/clusters/${id}/actions`, attach)).action);
    attaches.push((performance.now() - begun) / 1000);
    await remove(client, id);
  }
  keep("attach a policy", attaches);
}

async function lists(
  newProject: () => Promise<{ client: Client; profile: string }>,
  scale: Scale,
  keep: (name: string, load: Record<number, Load>) => void,
): Promise<void> {
  const few = await newProject();
  const one = await createActive(few.client, "hundred", few.profile, 100);
  keep("build info", await load(few.client, "/v1/build-info", scale.loadSeconds));
  keep("one cluster", await load(few.client, `/v1/clusters/${one}`, scale.loadSeconds));
  keep("100 nodes", await load(few.client, "/v1/nodes", scale.loadSeconds));
  await inLanes(99, 8, (n) => createActive(few.client, `f${n}`, few.profile, 0));
  keep("100 clusters", await load(few.client, "/v1/clusters", scale.loadSeconds));

  const many = await newProject();
  await inLanes(scale.manyClusters, 8, (n) => createActive(many.client, `m${n}`, many.profile, 0));
  keep("1,000 clusters", await load(many.client, "/v1/clusters", scale.loadSeconds));
  keep(
    "a page of 50 of 1,000",
    await load(many.client, "/v1/clusters?limit=50&sort=name", scale.loadSeconds),
  );

  const large = await newProject();
  for (let n = 0; n < scale.manyNodes.clusters; n++)
    await createActive(large.client, `l${n}`, large.profile, scale.manyNodes.each);
  keep("10,000 nodes", await load(large.client, "/v1/nodes", scale.loadSeconds));
}

const quiet = (seconds: number) => new Promise((resolve) => setTimeout(resolve, seconds * 1000));

/** The same GET from 1, 8 and 32 clients, each of which waits for its answer before it asks again. */
async function load(client: Client, path: string, seconds: number): Promise<Record<number, Load>> {
  const loads: Record<number, Load> = {};
  for (const connections of [1, 8, 32]) {
    let { latencies, failures, took } = await cannon(client, path, { connections, duration: seconds });
    // too slow for the time: as many as make a figure, however long that takes
    if (latencies.length < 2 * connections)
      ({ latencies, failures, took } = await cannon(client, path, { connections, amount: 2 * connections }));
    if (failures > 0) throw new Error(`${failures} requests of ${path} failed at ${connections} clients`);
    // autocannon counts the time from the first of several tries
    const tried = client.system.closesConnections;
    loads[connections] = {
      per_second: latencies.length / took,
      p50_ms: tried ? Number.NaN : median(latencies),
      p99_ms: tried ? Number.NaN : quantile(latencies, 0.99),
    };
  }
  return loads;
}

function cannon(
  client: Client,
  path: string,
  limits: { readonly connections: number; readonly duration?: number; readonly amount?: number },
) {
  return new Promise<{ latencies: number[]; failures: number; took: number }>((resolve, reject) => {
    const latencies: number[] = [];
    let failures = 0;
    const instance = autocannon(
      {
        url: `${client.system.url}${path}`,
        ...limits,
        timeout: 300,
        headers: { "x-auth-token": client.account.token, "openstack-api-version": "clustering 1.14" },
      },
      (error, result) => {
        if (error !== null) reject(error);
        else resolve({ latencies, failures, took: result.duration });
      },
    );
    instance.on("reqError", (error: NodeJS.ErrnoException) => {
      if (!(client.system.closesConnections && error.code === "ECONNRESET")) failures++; // it is asked again
    });
    instance.on("response", (_, status, __, milliseconds) => {
      if (status === 200) latencies.push(milliseconds);
      else failures++;
    });
  });
}

async function inLanes(count: number, lanes: number, work: (n: number) => Promise<unknown>): Promise<void> {
  let next = 0;
  const lane = async () => {
    for (let n = next++; n < count; n = next++) await work(n);
  };
  await Promise.all(Array.from({ length: lanes }, lane));
}

async function newAccount(): Promise<Account> {
  const { member } = await makePeople(keystone, `bench-${randomBytes(4).toString("hex")}`, ["member"]);
  return logIn(keystone.url, member);
}
