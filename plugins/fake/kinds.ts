import { DriverError, type Json } from "../sdk/driver.ts";
import type { Host } from "../sdk/host.ts";
import type {
  AttachedPolicyDriver,
  CoordinationDriver,
  NotifierDriver,
  PolicyDriver,
  PolicyNode,
  SecretStoreDriver,
  SourceDriver,
} from "../sdk/kind-drivers.ts";
import { incidentKey } from "./functions.ts";
import { recordsOf } from "./records.ts";

/** `keep(least: 75%, at_once: 2)` */
export const keep: PolicyDriver<{ readonly least: number; readonly at_once: number }> = {
  decide(_, { cluster, nodes, request, arguments: { least, at_once } }) {
    const wanted = nodes.length - request.remaining;
    if (wanted <= 0) return {};
    const spare = Math.floor((nodes.length * (100 - least)) / 100);
    if (spare === 0) return { deny: `${cluster.name} has ${nodes.length} nodes and spares none of them` };
    const oldest = [...nodes].sort((a, b) => a.created_at - b.created_at || a.index - b.index);
    return {
      limit: spare,
      choose: oldest.slice(0, Math.min(wanted, spare)).map((node) => node.id),
      batch: { size: at_once },
    };
  },
};

/** `balance(port: 80)`: keeps a balancer as a record, and in it the nodes that are healthy. */
export const balance: AttachedPolicyDriver<{ readonly port: number }> = {
  async attach(host, { key, cluster, nodes, arguments: { port } }) {
    const balancer = `balancer/${key}`;
    await recordsOf(host).set(balancer, { cluster: cluster.name, port, members: membersOf(nodes) });
    return {
      data: { balancer },
      nodes: Object.fromEntries(nodes.map(({ id, name }) => [id, { member: name }])),
    };
  },
  async decide(host, { cluster, nodes, request, phase, data, gone, arguments: { port } }) {
    const { balancer } = data as { readonly balancer: string };
    const going = phase === "before" ? new Set(request.nodes) : new Set<string>();
    const staying = nodes.filter(({ id }) => !going.has(id));
    await recordsOf(host).set(balancer, { cluster: cluster.name, port, members: membersOf(staying) });
    return {
      nodes: {
        ...Object.fromEntries(staying.map(({ id, name }) => [id, { member: name }])),
        ...Object.fromEntries([...gone.map(({ id }) => id), ...going].map((id) => [id, null])),
      },
    };
  },
  async detach(host, { data }) {
    const kept = data as { readonly balancer: string } | null;
    if (kept !== null) await recordsOf(host).delete(kept.balancer);
  },
};

function membersOf(nodes: readonly PolicyNode[]): string[] {
  return nodes.filter(({ physical_id }) => physical_id !== null).map(({ name }) => name);
}

const eventsAtOnce = 100;

/** What `happen` told of; the cursor is the number of the last one. */
export const incidents: SourceDriver = {
  async poll(host, { cursor }) {
    const records = recordsOf(host);
    const last = Number(await records.get("incidents"));
    if (cursor === null) return { events: [], cursor: last };
    const until = Math.min(last, Number(cursor) + eventsAtOnce);
    const events = [];
    let seen = Number(cursor);
    for (; seen < until; seen++) {
      const found = (await records.get(incidentKey(seen + 1))) as IncidentRecord | null;
      if (found === null) break; // its number is taken and it is about to be written
      events.push({ ...found, id: String(seen + 1) });
    }
    return { events, cursor: seen };
  },
};

interface IncidentRecord {
  readonly name: string;
  readonly fields: Readonly<Record<string, Json>>;
}

/** A notice is kept under its key, so a repeat keeps it once. */
export const mailbox: NotifierDriver<{ readonly to: string }> = {
  async send(host, { key, event, arguments: { to } }) {
    if (to === "nobody")
      throw new DriverError("nobody has no mailbox", { code: "unknown-recipient", retryable: false });
    await recordsOf(host).set(`notice/${key}`, { to, message: event.message });
  },
};

const inDrawer = ["password", "token"];

/** It holds two values, made from their keys. */
export const drawer: SecretStoreDriver = {
  async read(_, { key }) {
    if (!inDrawer.includes(key))
      throw new DriverError(`the drawer holds no ${key}`, { code: "secret-missing", retryable: false });
    return { value: `value-of-${key}` };
  },
};

interface Lock {
  readonly owner: string;
  /** Milliseconds since 1970. */
  readonly until: number;
}

/** One record for each lock, changed only by comparing. */
export const locks: CoordinationDriver = {
  acquire: (host, call) => take(host, call, true),
  renew: (host, call) => take(host, call, false),
  async release(host, { name, owner }) {
    const found = await read(host, name);
    if (found?.owner === owner)
      await recordsOf(host).compareAndSet(`lock/${name}`, { ...found }, { ...found, until: 0 });
  },
};

async function take(
  host: Host,
  { name, owner, ttl }: { readonly name: string; readonly owner: string; readonly ttl: number },
  anew: boolean,
): Promise<{ readonly held: boolean }> {
  const found = await read(host, name);
  const free = found === null || found.until < Date.now();
  if (free ? !anew : found.owner !== owner) return { held: false };
  const before = found === null ? null : { ...found };
  const mine = { owner, until: Date.now() + ttl };
  return { held: await recordsOf(host).compareAndSet(`lock/${name}`, before, mine) };
}

async function read(host: Host, name: string): Promise<Lock | null> {
  return (await recordsOf(host).get(`lock/${name}`)) as unknown as Lock | null;
}
