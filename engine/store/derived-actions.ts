import { actionColumns, listedActions } from "./find-action.ts";
import type { ListedKind } from "./list-rows.ts";
import type { ActionRow } from "./rows.ts";

/** An action, or the work of one on a node. */
export interface ActionOrPartRow extends ActionRow {
  /** Parts that are under way, at most 1,000. */
  readonly depends_on: readonly string[];
  readonly depended_by: readonly string[];
}

/** What differs from the action that a part belongs to. */
const ofPart: Partial<Record<(typeof actionColumns)[number], string>> = {
  id: "i.id",
  action: `case i.operation
      when 'create' then 'NODE_CREATE' when 'delete' then 'NODE_DELETE' when 'check' then 'NODE_CHECK'
      when 'recreate' then 'NODE_RECOVER' when 'converge' then 'NODE_UPDATE' else 'NODE_OPERATION' end`,
  target_id: "i.node_id",
  target_name: "''",
  data: "'{}'::jsonb",
  cause: "'Derived Action'",
  status: `case
      when i.state = 'done' then 'SUCCEEDED'
      when i.state = 'open' and a.end_time is null then 'RUNNING'
      when i.state = 'open' and a.status = 'CANCELLED' then 'CANCELLED'
      else 'FAILED' end`,
  status_reason: "coalesce(i.outcome -> 'failure' ->> 'message', '')",
  control: "null",
  override: "null::jsonb",
  inputs: "'{}'::jsonb",
  request: "null::jsonb",
  retry_of: "null::uuid",
  outputs: "null::jsonb",
  failure: "i.outcome -> 'failure'",
  decisions: "'[]'::jsonb",
  progress: "'{}'::jsonb",
  created_at: "i.created_at",
  start_time: "i.created_at",
  end_time: "coalesce(i.settled_at, a.end_time)",
};

const parts = actionColumns.map((name) => `${ofPart[name] ?? `a.${name}`} as ${name}`).join(", ");

/** Senlin names an action after what it does and the object's id. */
const named = actionColumns
  .map((name) =>
    name === "name" ? "lower(p.action) || '_' || left(p.target_id::text, 8) as name" : `p.${name}`,
  )
  .join(", ");

/**
 * How Senlin's clients list actions: with one for each node that an action worked on, caused by it. There are no rows of them: they
 * are what the engine noted before it called a driver. What was asked of a node directly is no part.
 */
export const actionsAndParts: ListedKind = {
  ...listedActions,
  from: `(
    select ${actionColumns.map((name) => `a.${name}`).join(", ")},
      case when a.status = 'RUNNING'
        then array(select i.id from intent i where i.action_id = a.id and i.state = 'open' limit 1000)
        else '{}' end as depends_on,
      '{}'::uuid[] as depended_by
    from action a
    union all
    select ${named}, '{}', p.depended_by
    from (
      select ${parts}, case when i.state = 'open' and a.end_time is null then array[a.id] else '{}' end as depended_by
      from intent i join action a on a.id = i.action_id
      where a.action not like 'NODE\\_%'
    ) p
  ) a`,
  alias: "a",
  fields: [...actionColumns, "depends_on", "depended_by"].map((name) => `a.${name}`).join(", "),
  sortKeys: { ...listedActions.sortKeys, created_at: "a.created_at" },
};
