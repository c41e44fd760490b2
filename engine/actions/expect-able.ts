import type { Value } from "../../grammar/plan.ts";
import type { Manifest, ProfileCapability, ProfileTypeSchema } from "../../plugins/sdk/manifest.ts";
import { loadMemberTypes } from "../store/load-member-types.ts";
import { findPlugins } from "../store/plugins.ts";
import type { Queryable } from "../store/pool.ts";
import { Refusal } from "./refusal.ts";
import { readVertical } from "./vertical-properties.ts";

/** What an action needs of its nodes' drivers. */
const needs: Readonly<Record<string, ProfileCapability>> = {
  CLUSTER_SUSPEND: "suspend",
  CLUSTER_RESUME: "resume",
  CLUSTER_FILL_STANDBY: "suspend",
  NODE_SUSPEND: "suspend",
  NODE_RESUME: "resume",
};

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
  const capability = needs[action];
  if (capability === undefined) return inputs;
  for (const { type, schema } of await memberTypes(db, q)) {
    if (schema.capabilities?.includes(capability) === true) continue;
    const able = schema.capabilities ?? [];
    throw new Refusal(
      "conflict",
      "driver-unable",
      `${action}: the driver of profile type "${type}" can't ${capability}`,
      able.length === 0 ? undefined : `it can ${[...able].sort().join(", ")}`,
    );
  }
  return inputs;
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
