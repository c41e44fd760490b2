import type { Value } from "../../grammar/plan.ts";
import type { Manifest, ProfileCapability, ProfileTypeSchema } from "../../plugins/sdk/manifest.ts";
import { loadMemberTypes } from "../store/load-member-types.ts";
import { findPlugins } from "../store/plugins.ts";
import { findPolicyKind } from "../store/policies.ts";
import type { Queryable } from "../store/pool.ts";
import { Refusal } from "./refusal.ts";
import { readVertical } from "./vertical-properties.ts";

/** What an action needs of its nodes' drivers: capabilities, and operations that are none. */
type Need = ProfileCapability | "stop" | "start";

function needsOf(action: string, inputs: Readonly<Record<string, Value>>): readonly Need[] {
  if (action === "CLUSTER_FILL_STANDBY")
    return inputs["state"] === "stopped" ? ["stop", "start"] : ["suspend", "resume"];
  if (/^(CLUSTER|NODE)_SUSPEND$/.test(action)) return ["suspend"];
  return /^(CLUSTER|NODE)_RESUME$/.test(action) ? ["resume"] : [];
}

/**
 * Refuses an action before anything starts when the driver of a node that it is about can't do it. Returns its inputs, those
 * of a vertical scaling as the drivers take them.
 */
export async function expectAble(
  db: Queryable,
  q: {
    action: string;
    clusterId: string | null;
    nodeIds: readonly string[];
    inputs: Readonly<Record<string, Value>>;
  },
): Promise<Readonly<Record<string, Value>>> {
  const { action, inputs } = q;
  if (/^(CLUSTER|NODE)_SCALE_VERTICALLY$/.test(action))
    return {
      ...inputs,
      properties: readVertical(action, inputs["properties"] ?? null, await memberTypes(db, q)),
    };
  if (action === "CLUSTER_ATTACH_POLICY") await expectPolicyAble(db, q, String(inputs["policy_id"]));
  await expectNeeds(db, q, needsOf(action, inputs));
  return inputs;
}

async function expectPolicyAble(
  db: Queryable,
  q: { clusterId: string | null; nodeIds: readonly string[] },
  policyId: string,
): Promise<void> {
  const policy = await findPolicyKind(db, { policyId });
  if (policy !== null) await expectUpkeepAble(db, { ...q, ...policy });
}

/** Refuses a policy of the library on a cluster whose drivers can't do what the engine would do for it by itself, and one that says nonsense of it. */
export async function expectUpkeepAble(
  db: Queryable,
  q: {
    definition: string;
    arguments: Readonly<Record<string, Value>>;
    clusterId: string | null;
    nodeIds?: readonly string[];
  },
): Promise<void> {
  if (q.definition !== "standby_pool") return;
  const { state = "suspended" } = q.arguments;
  if (state !== "suspended" && state !== "stopped")
    throw new Refusal(
      "invalid",
      "bad-standby-state",
      `standby_pool: nodes that stand by are suspended or stopped, not ${JSON.stringify(state)}`,
      'write state: "suspended" or state: "stopped"',
    );
  const needs = needsOf("CLUSTER_FILL_STANDBY", q.arguments);
  await expectNeeds(db, { nodeIds: [], ...q, action: "standby_pool" }, needs);
}

async function expectNeeds(
  db: Queryable,
  q: { action: string; clusterId: string | null; nodeIds: readonly string[] },
  needs: readonly Need[],
): Promise<void> {
  if (needs.length === 0) return;
  for (const { type, schema } of await memberTypes(db, q)) {
    const able: readonly string[] = [
      ...(schema.capabilities ?? []),
      ...["start", "stop"].filter((name) => schema.operations[name] !== undefined),
    ];
    const lacking = needs.find((need) => !able.includes(need));
    if (lacking === undefined) continue;
    throw new Refusal(
      "conflict",
      "driver-unable",
      `${q.action}: the driver of profile type "${type}" can't ${lacking}`,
      able.length === 0 ? undefined : `it can ${[...able].sort().join(", ")}`,
    );
  }
}

async function memberTypes(
  db: Queryable,
  q: { clusterId: string | null; nodeIds: readonly string[] },
): Promise<readonly { readonly type: string; readonly schema: ProfileTypeSchema }[]> {
  const types = await loadMemberTypes(db, q);
  const plugins = await findPlugins(db, { hashes: types.map(({ plugin_hash: hash }) => hash) });
  const manifests = new Map(plugins.map((row) => [row.hash, row.manifest as unknown as Manifest])); // checked when it came in
  return types.flatMap(({ type, plugin_hash: hash }) => {
    const schema = manifests.get(hash)?.profiles[type.slice(type.lastIndexOf(".") + 1)];
    return schema === undefined ? [] : [{ type, schema }];
  });
}
