import { type Accepted, accepted } from "../sdk/accepted.ts";
import type { AcceptedCallOf, FunctionCall, Json } from "../sdk/driver.ts";
import type { Host } from "../sdk/host.ts";
import { addFailure, removeFailures } from "./faults.ts";
import { recordsOf } from "./records.ts";
import { listServers } from "./servers.ts";
import type { Failure } from "./settings.ts";

/** `fake.fail("update", node: 2, message: "no such image")` */
export async function fail(host: Host, call: FunctionCall): Promise<void> {
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

/** `fake.price(class: "large")` */
export async function price(_: Host, call: FunctionCall): Promise<Json> {
  return { small: 0.01, medium: 0.02, large: 0.04 }[String(call.arguments["class"])] ?? 0;
}

const serversAtMost = 10_000;

/** `fake.quota()` */
export async function quota(host: Host): Promise<Json> {
  return serversAtMost - (await listServers(host)).length;
}

/** `fake.happen("maintenance", fields: { zone: "a" })`: one more event for the source, in order. */
export async function happen(host: Host, call: FunctionCall): Promise<void> {
  const records = recordsOf(host);
  for (;;) {
    const last = Number(await records.get("incidents"));
    if (!(await records.compareAndSet("incidents", last === 0 ? null : last, last + 1))) continue;
    const { event, fields } = call.arguments;
    await records.set(incidentKey(last + 1), { name: event ?? "", fields: fields ?? {} });
    return;
  }
}

/** So that the keys' order is that of the numbers. */
export function incidentKey(number: number): string {
  return `incident/${String(number).padStart(12, "0")}`;
}

/** `fake.notices()` */
export async function notices(host: Host): Promise<Json> {
  return (await recordsOf(host).list("notice/")).map(({ value }) => value);
}

/** `fake.balancers()` */
export async function balancers(host: Host): Promise<Json> {
  return (await recordsOf(host).list("balancer/")).map(({ value }) => value);
}

/** `fake.work(takes: 2s)`: accepted, and done when the time is over. */
export async function work(_: Host, call: FunctionCall): Promise<Json | Accepted> {
  const takes = Number(call.arguments["takes"]);
  return takes === 0
    ? 0
    : accepted({ token: { began: Date.now(), takes }, after: Math.min(takes + 20, 2000) });
}

export async function pollWork(_: Host, call: AcceptedCallOf<FunctionCall>): Promise<Json | Accepted> {
  const { began, takes } = call.token as { began: number; takes: number };
  const left = began + takes - Date.now();
  return left > 0 ? accepted({ token: call.token, after: Math.min(left + 20, 2000) }) : takes;
}
