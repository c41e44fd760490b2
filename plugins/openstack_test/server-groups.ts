import type { FunctionCall, Json } from "../sdk/driver.ts";
import type { Host } from "../sdk/host.ts";
import { idOf } from "./ids.ts";
import { recent } from "./recent.ts";
import { recordsOf } from "./records.ts";

interface ServerGroup {
  readonly name: string;
  readonly policy: string;
}

const groups = recordsOf<ServerGroup>("server_group");
const policies = recent(readPolicies);

/** What the members of a group do: share a host, or keep apart; `undefined` for a group that isn't there. */
export async function groupPolicy(host: Host, group: string): Promise<string | undefined> {
  return (await policies.get(host)).get(group);
}

/** `openstack_test.server_group_create(name: "apart", policy: "anti-affinity")` */
export async function createServerGroup(host: Host, call: FunctionCall): Promise<Json> {
  const { name, policy } = call.arguments as unknown as ServerGroup;
  const id = await idOf(call.key);
  await groups.add(host, id, { name, policy });
  policies.set(await readPolicies(host));
  return { id, name, policy };
}

/** By name or id; several groups may have one name. */
export async function findServerGroups(host: Host, call: FunctionCall): Promise<Json> {
  const wanted = String(call.arguments["name"]);
  const found = (await groups.list(host)).filter(({ id, record }) => id === wanted || record.name === wanted);
  return found.map(({ id, record }) => ({ id, name: record.name, policy: record.policy }));
}

export async function deleteServerGroup(host: Host, call: FunctionCall): Promise<void> {
  await groups.remove(host, String(call.arguments["id"]));
  policies.set(await readPolicies(host));
}

async function readPolicies(host: Host): Promise<ReadonlyMap<string, string>> {
  return new Map((await groups.list(host)).map(({ id, record }) => [id, record.policy]));
}
