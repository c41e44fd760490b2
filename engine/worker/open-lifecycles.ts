import type pg from "pg";
import type { Json } from "../../grammar/plan.ts";
import type { LifecycleRequest } from "../../workflows/activities.ts";
import { insertEvents } from "../store/insert-events.ts";
import { insertLifecycles } from "../store/lifecycles.ts";
import { addEmitted } from "../store/source-events.ts";

/**
 * Notes nodes that are to go, and tells of each in an event `lifecycle.waiting` with what Senlin puts into its queue: who
 * listens to `coppice.emitted` hears it, too. (senlin: engine/actions/cluster_action.py, _remove_nodes_with_hook)
 */
export async function openLifecycles(
  db: pg.PoolClient,
  q: { actionId: string; lifecycles: readonly LifecycleRequest[] },
): Promise<void> {
  const opened = await insertLifecycles(db, q);
  if (opened.length === 0) return;
  const at = { file: 0, line: 1, column: 1, endLine: 1, endColumn: 1 };
  const events = opened.map((row) => ({
    callId: `${row.call_id}.lifecycle`,
    level: "INFO" as const,
    name: "lifecycle.waiting",
    fields: {
      lifecycle_action_token: row.token,
      node_id: row.node_id,
      resource_id: row.physical_id,
      lifecycle_transition_type: "termination",
      hook: shownHook(row.hook),
    },
    at,
  }));
  await insertEvents(db, {
    actionId: q.actionId,
    events: events.map(({ callId, level, name, fields }) => {
      return { key: callId, level, name, message: "the node waits for complete_lifecycle", fields };
    }),
  });
  await addEmitted(db, { actionId: q.actionId, events });
}

/** Of an address only its host: the rest may hold what lets somebody in. */
function shownHook(hook: Json): Json {
  const { params, ...rest } = (hook ?? {}) as { readonly params?: Readonly<Record<string, Json>> | null }; // as the policy has it
  const url = params?.["url"];
  if (typeof url !== "string" || url === "") return hook;
  return { ...rest, params: { ...params, url: URL.parse(url)?.host ?? "" } };
}
