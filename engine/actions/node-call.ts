import type { Json } from "../../grammar/plan.ts";
import type { PluginCall } from "../host/plugin-host.ts";
import type { NodeToAsk } from "../store/load-node-to-ask.ts";

/** What a call on a node takes from the node's row. */
type CalledNode = Omit<NodeToAsk, "profile_id">;

/**
 * The part of a call that is the same whoever makes it: whose code runs with what rights, and the node as its driver
 * sees it. `key` is the idempotency key; `more` overrides parts of the call (`plugins/sdk`: NodeCall).
 */
export function nodeCall(
  node: CalledNode,
  q: { readonly operation: string; readonly key: string; readonly more: Readonly<Record<string, Json>> },
): Pick<PluginCall, "pluginHash" | "projectId" | "grants" | "settings" | "target" | "call"> {
  const dot = node.profile_type.lastIndexOf(".");
  return {
    pluginHash: node.plugin_hash,
    projectId: node.project_id,
    grants: node.grants,
    settings: node.settings,
    target: { kind: "operation", profile: node.profile_type.slice(dot + 1), operation: q.operation },
    call: {
      key: q.key,
      node: {
        id: node.id,
        name: node.name,
        index: node.index,
        cluster: node.cluster_name,
        ...(node.cluster_id === null ? {} : { clusterId: node.cluster_id }),
      },
      physicalId: node.physical_id,
      properties: node.properties,
      ...q.more,
    },
  };
}
