import { type Accepted, accepted } from "../sdk/accepted.ts";
import { type AcceptedCallOf, type Created, DriverError, type NodeCall } from "../sdk/driver.ts";
import type { Host } from "../sdk/host.ts";
import { addServer, changeServer, idOf, readServer, removeServer, type ServerProperties } from "./servers.ts";
import { hasBug, settingsOf } from "./settings.ts";

type Call = NodeCall<ServerProperties>;
type LongCall = AcceptedCallOf<Call>;

let doubles = 0;

/** Makes the server that the key stands for, or goes on with the one that an earlier try made. */
export async function create(host: Host, call: Call): Promise<Created | Accepted> {
  if (hasBug(host, "reaches")) await host.socket("/var/run/docker.sock", { method: "GET", url: "/info" });
  const { takes } = settingsOf(host);
  const now = Date.now();
  const { name, cluster } = call.node;
  doubles += hasBug(host, "doubles") ? 1 : 0;
  const id = doubles > 0 ? `${idOf(call.key)}-${doubles}` : idOf(call.key);
  await addServer(host, id, {
    ...call.properties,
    class: call.properties.flavor ?? call.properties.class,
    node: name,
    cluster,
    status: takes > 0 ? "building" : "running",
    createdAt: now,
    startedAt: now,
  });
  return takes > 0 ? await finish(host, call, id) : { physicalId: id };
}

/** Removes the server, at once or after a while. */
export async function remove(host: Host, call: Call): Promise<undefined | Accepted> {
  const id = call.physicalId ?? idOf(call.key);
  const found = await readServer(host, id);
  if (found === null && hasBug(host, "careless_delete"))
    throw new DriverError(`there is no server ${id}`, { code: "server-not-found", retryable: false });
  const { takes } = settingsOf(host);
  if (found !== null && takes > 0)
    return accepted({ token: { until: Date.now() + takes }, after: soon(takes) });
  await removeServer(host, id);
  return undefined;
}

export async function pollServer(host: Host, call: LongCall): Promise<Created | undefined | Accepted> {
  if (hasBug(host, "never_ends")) return accepted({ token: call.token, after: 20 });
  if (call.operation === "create") return await finish(host, call, idOf(call.key));
  const { until } = call.token as { until: number };
  const left = until - Date.now();
  if (left > 0) return accepted({ token: call.token, after: soon(left) });
  await removeServer(host, call.physicalId ?? idOf(call.key));
  return undefined;
}

/** A creation ends early; a deletion goes on. */
export async function cancelServer(host: Host, call: LongCall): Promise<void> {
  if (call.operation !== "create") return;
  const physicalId = idOf(call.key);
  if ((await readServer(host, physicalId))?.status === "building")
    await changeServer(host, { ...call, physicalId }, () => ({ unwanted: true }));
}

/** The server if it has been building for long enough, else that it still is. */
async function finish(host: Host, call: Call, physicalId: string): Promise<Created | Accepted> {
  const found = await readServer(host, physicalId);
  if (found === null || found.unwanted === true) {
    await removeServer(host, physicalId);
    throw new DriverError(`the creation of ${call.node.name} was cancelled`, {
      code: "cancelled",
      retryable: false,
    });
  }
  const left = found.createdAt + settingsOf(host).takes - Date.now();
  if (left > 0) return accepted({ token: { server: physicalId }, after: soon(left) });
  if (found.status === "building")
    await changeServer(host, { ...call, physicalId }, () => ({ status: "running", startedAt: Date.now() }));
  return { physicalId };
}

function soon(left: number): number {
  return Math.min(Math.max(left, 20), 2000);
}
