import type { Json } from "../sdk/driver.ts";
import type { Host } from "../sdk/host.ts";
import { addFailure, removeFailures } from "./faults.ts";
import { listServers } from "./servers.ts";
import type { Failure } from "./settings.ts";

/** `fake.fail("update", node: 2, message: "no such image")` */
export async function fail(host: Host, call: { readonly arguments: Record<string, Json> }): Promise<void> {
  await addFailure(host, call.arguments as unknown as Failure);
}

/** `fake.mend()` */
export async function mend(host: Host): Promise<void> {
  await removeFailures(host);
}

/** `fake.servers()`: what really exists, for tests that count. */
export async function servers(host: Host): Promise<Json> {
  return (await listServers(host)).map(({ id, server }) => ({
    physical_id: id,
    node: server.node,
    cluster: server.cluster,
    image: server.image,
    status: server.status,
  }));
}
