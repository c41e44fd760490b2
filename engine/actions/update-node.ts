import type { Json } from "../../grammar/plan.ts";
import type { NodeRow } from "../store/rows.ts";
import type { Wanted } from "./request-action.ts";
import { differs, nothingToUpdate } from "./update-cluster.ts";

/** What is to change; absent: stays. */
export interface NodeChanges {
  readonly name?: string | null;
  readonly role?: string | null;
  readonly metadata?: Readonly<Record<string, Json>> | null;
  readonly tainted?: boolean | null;
  /** Of a profile that differs from the node's. */
  readonly new_profile_id?: string;
}

/** NODE_UPDATE with what differs from the node as it is (senlin: conductor/service.py, node_update). */
export function updateOfNode(node: NodeRow, changes: NodeChanges): Wanted {
  const inputs: Record<string, Json> = {};
  if (changes.new_profile_id !== undefined) inputs["new_profile_id"] = changes.new_profile_id;
  if (changes.name && changes.name !== node.name) inputs["name"] = changes.name;
  for (const key of ["role", "metadata", "tainted"] as const) {
    const value = changes[key];
    if (value !== undefined && differs(value, node[key])) inputs[key] = value;
  }
  if (Object.keys(inputs).length === 0) throw nothingToUpdate();
  return { action: "NODE_UPDATE", inputs };
}
