import type { FunctionCall, Json } from "../sdk/driver.ts";
import type { Host } from "../sdk/host.ts";
import { containers } from "./container.ts";
import { addFailure, removeFailures } from "./faults.ts";
import { hypervisors, setHypervisor } from "./hypervisors.ts";
import { notFound, type Records } from "./records.ts";
import type { Resource } from "./resource.ts";
import { servers } from "./server-record.ts";
import { type Failure, type Hypervisor, settingsOf } from "./settings.ts";
import { stacks } from "./stack.ts";

/** Each kind with what its records have in common. */
const kinds = { server: servers, stack: stacks, container: containers } as unknown as Readonly<
  Record<string, Records<Resource>>
>;

/** `openstack_test.fail("update", node: 2, message: "no such image")` */
export async function fail(host: Host, call: FunctionCall): Promise<void> {
  await addFailure(host, call.arguments as unknown as Failure);
}

export async function mend(host: Host): Promise<void> {
  await removeFailures(host);
}

export async function regions(host: Host): Promise<Json> {
  return settingsOf(host).regions;
}

export async function zones(host: Host): Promise<Json> {
  return settingsOf(host).zones;
}

export async function listHypervisors(host: Host): Promise<Json> {
  return (await hypervisors(host)).map((each) => ({ ...each }));
}

export async function switchHypervisor(host: Host, call: FunctionCall): Promise<void> {
  const { name, state, status } = call.arguments as unknown as Hypervisor;
  await setHypervisor(host, name, { state, status });
}

/** `openstack_test.resources()`: what really exists, for tests that count. */
export async function resources(host: Host): Promise<Json> {
  const all: Json[] = [];
  for (const [kind, records] of Object.entries(kinds)) {
    for (const { id, record } of await records.list(host)) {
      const { name, node, status, zone, host: at, group } = record as Resource & Partial<Placed>;
      all.push({
        physical_id: id,
        kind,
        name,
        node,
        status,
        ...(zone === undefined ? {} : { zone }),
        ...(at === undefined ? {} : { host: at }),
        ...(group === undefined ? {} : { server_group: group }),
      });
    }
  }
  return all;
}

/** Where a server is. */
interface Placed {
  readonly zone: string;
  readonly host: string;
  readonly group: string;
}

/** `openstack_test.set_status(physical_id: "…", status: "ERROR")` */
export async function setStatus(host: Host, call: FunctionCall): Promise<void> {
  const { physical_id, status } = call.arguments;
  const { records, id } = await holderOf(host, String(physical_id));
  await records.change(host, id, () => ({ status: String(status), updatedAt: Date.now() }));
}

/** What is gone already is gone. */
export async function vanish(host: Host, call: FunctionCall): Promise<void> {
  for (const records of Object.values(kinds))
    await records.remove(host, String(call.arguments["physical_id"]));
}

async function holderOf(
  host: Host,
  id: string,
): Promise<{ readonly records: Records<Resource>; readonly id: string }> {
  for (const records of Object.values(kinds))
    if ((await records.read(host, id)) !== null) return { records, id };
  throw notFound("resource", id);
}
