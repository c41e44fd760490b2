import { DriverError, type Json, type NodeCall } from "../sdk/driver.ts";
import type { Host } from "../sdk/host.ts";
import { recordsOf } from "./records.ts";

/** The profile type's properties, as the manifest has them. */
export interface ServerProperties {
  readonly image: string;
  /** Bytes. */
  readonly memory: number;
  readonly class: "small" | "medium" | "large";
  /** The older name of `class`; it wins where it is given. */
  readonly flavor?: "small" | "medium" | "large";
  readonly region?: string;
  readonly zone?: string;
  /** A handle: the value never gets here. */
  readonly password?: string;
  readonly labels: Readonly<Record<string, string>>;
}

/** One server, as it is kept under `server/<physical id>`. */
export interface Server extends ServerProperties {
  readonly node: string;
  readonly cluster: string;
  readonly status: "building" | "running" | "stopped" | "paused" | "suspended";
  /** Nobody wants it any more, though it is still building. */
  readonly unwanted?: boolean;
  /** Milliseconds since 1970. */
  readonly createdAt: number;
  /** When it was created, started or given an image: what `boot` counts from. */
  readonly startedAt: number;
}

const prefix = "server/";

/** The id that a `create` with this key gives, so that the key alone finds the server. */
export function idOf(key: string): string {
  return `fake-${key}`;
}

export async function readServer(host: Host, id: string): Promise<Server | null> {
  return (await recordsOf(host).get(prefix + id)) as unknown as Server | null;
}

/** Keeps a new server, unless there is one with this id. */
export async function addServer(host: Host, id: string, server: Server): Promise<void> {
  await recordsOf(host).compareAndSet(prefix + id, null, server as unknown as Json);
}

export async function removeServer(host: Host, id: string): Promise<void> {
  await recordsOf(host).delete(prefix + id);
}

export async function listServers(
  host: Host,
): Promise<readonly { readonly id: string; readonly server: Server }[]> {
  const found = await recordsOf(host).list(prefix);
  return found.map(({ key, value }) => ({
    id: key.slice(prefix.length),
    server: value as unknown as Server,
  }));
}

/** Changes a server that must be there, even while others change it. */
export async function changeServer(
  host: Host,
  call: NodeCall<ServerProperties>,
  change: (server: Server) => Partial<Server>,
): Promise<void> {
  const id = call.physicalId ?? idOf(call.key);
  for (let turn = 0; turn < 20; turn++) {
    const before = await readServer(host, id);
    if (before === null)
      throw new DriverError(`server ${id} of ${call.node.name} is not there`, {
        code: "server-not-found",
        retryable: false,
      });
    const after = { ...before, ...change(before) };
    if (await recordsOf(host).compareAndSet(prefix + id, before as unknown as Json, after as unknown as Json))
      return;
  }
  throw new DriverError(`server ${id} is changed by many at once`, { code: "server-busy", retryable: true });
}
