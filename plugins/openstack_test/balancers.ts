import type { FunctionCall, Json } from "../sdk/driver.ts";
import type { Host } from "../sdk/host.ts";
import { addressOf, idOf } from "./ids.ts";
import { notFound, recordsOf } from "./records.ts";
import { addressesOf, servers } from "./server-record.ts";

/** A load balancer with all that belongs to it. */
interface Balancer {
  readonly name: string;
  readonly listener: string;
  readonly pool: string;
  readonly healthmonitor?: string;
  readonly vip_address: string;
  /** The subnet on which the members of the pool are reached. */
  readonly subnet: string;
}

interface Member {
  readonly pool: string;
  readonly name: string;
  readonly server: string;
  readonly address: string;
  readonly protocol_port: number;
}

const balancers = recordsOf<Balancer>("balancer");
/** Under pool and id, so that the members of a pool stand together. */
const members = recordsOf<Member>("member");

/** `openstack_test.balancer_create(name: "web", vip: { subnet: "private" }, pool: { subnet: "private" })` */
export async function createBalancer(host: Host, call: FunctionCall): Promise<Json> {
  const { name, vip, pool, health_monitor } = call.arguments as {
    readonly name: string;
    readonly vip: { readonly address?: string };
    readonly pool: { readonly subnet: string };
    readonly health_monitor?: Json;
  };
  const id = await idOf(call.key);
  await balancers.add(host, id, {
    name,
    listener: await idOf(`${call.key} listener`),
    pool: await idOf(`${call.key} pool`),
    ...(health_monitor === undefined ? {} : { healthmonitor: await idOf(`${call.key} healthmonitor`) }),
    vip_address: vip.address ?? addressOf(id),
    subnet: pool.subnet,
  });
  return shown(id, (await balancers.read(host, id))!);
}

/** By name or id; several balancers may have one name. */
export async function findBalancers(host: Host, call: FunctionCall): Promise<Json> {
  const wanted = String(call.arguments["name"]);
  const found = await balancers.list(host);
  return found
    .filter(({ id, record }) => id === wanted || record.name === wanted)
    .map(({ id, record }) => shown(id, record));
}

export async function deleteBalancer(host: Host, call: FunctionCall): Promise<void> {
  const id = String(call.arguments["id"]);
  const found = await balancers.read(host, id);
  if (found === null) return;
  for (const member of await members.list(host, found.pool)) await members.remove(host, member.id);
  await balancers.remove(host, id);
}

/** One member for each server and pool, whoever adds it and however often. */
export async function addMember(host: Host, call: FunctionCall): Promise<Json> {
  const { pool, server, protocol_port } = call.arguments as unknown as Omit<Member, "name" | "address">;
  if (!(await balancers.list(host)).some(({ record }) => record.pool === pool)) throw notFound("pool", pool);
  const found = await servers.read(host, server);
  if (found === null) throw notFound("server", server);
  const id = await idOf(`member ${pool} ${server}`);
  const { address } = addressesOf(server, found.networks)[0]!; // there is at least one
  await members.add(host, `${pool}/${id}`, { pool, name: found.name, server, address, protocol_port });
  return id;
}

export async function removeMember(host: Host, call: FunctionCall): Promise<void> {
  const { pool, member } = call.arguments;
  await members.remove(host, `${String(pool)}/${String(member)}`);
}

export async function listMembers(host: Host, call: FunctionCall): Promise<Json> {
  const pool = String(call.arguments["pool"]);
  return (await members.list(host, pool)).map(({ id, record }) => {
    const { pool: _, ...rest } = record;
    return { id: id.slice(pool.length + 1), ...rest };
  });
}

function shown(id: string, { subnet: _, ...balancer }: Balancer): Json {
  return { id, ...balancer };
}
