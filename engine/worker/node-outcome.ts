import type { NodeOutcome, OperateRequest } from "../../workflows/activities.ts";
import type { NodeResult } from "./operate-node.ts";

/** What the run hears of an operation's end: the outcome, and what changed in the node's record. */
export function outcomeOf(nodeId: string, result: NodeResult): NodeOutcome {
  const { status, physicalId, healthy, changes, profileId } = ("update" in result && result.update) || {};
  const change = {
    ...(status === undefined ? {} : { status }),
    ...(physicalId === undefined ? {} : { physicalId }),
    ...(healthy === undefined ? {} : { healthy }),
    ...(changes === undefined ? {} : { changes }),
    ...(profileId === undefined ? {} : { profileId }),
  };
  const node = Object.keys(change).length === 0 ? {} : { node: change };
  if (!result.ok) return { nodeId, ok: false, failure: result.failure, ...node };
  if (result.deleted === true) return { nodeId, ok: true, node: null };
  return {
    nodeId,
    ok: true,
    ...node,
    ...(result.value === undefined || result.value === null ? {} : { value: result.value }),
  };
}

/** A node whose row is gone: deleted by an earlier try, or by nobody we know. */
export function gone(q: Pick<OperateRequest, "operation">): NodeResult {
  if (q.operation === "delete") return { ok: true, deleted: true };
  return { ok: false, failure: { code: "node-gone", message: "its record is gone" }, update: {} };
}
