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

/** The same of a node that waits for `complete_lifecycle`, and of what then becomes of it. */
const ofHeld: typeof ofPart = {
  ...ofPart,
  id: "l.token",
  action: "'NODE_DELETE'",
  target_id: "l.node_id",
  cause: "'Derived Action with Lifecycle Hook'",
  status: `case
      when a.end_time is not null then a.status
      when l.completed_at is null then 'WAITING_LIFECYCLE_COMPLETION'
      else 'RUNNING' end`,
  status_reason: "''",
  failure: "null::jsonb",
  created_at: "l.created_at",
  start_time: "l.created_at",
  end_time: "a.end_time",
};

const columnsOf = (own: typeof ofPart) =>
  actionColumns.map((name) => `${own[name] ?? `a.${name}`} as ${name}`).join(", ");

/** Senlin names an action after what it does and the object's id. */
const named = actionColumns
  .map((name) =>
    name === "name" ? "lower(p.action) || '_' || left(p.target_id::text, 8) as name" : `p.${name}`,
  )
  .join(", ");

const heldNodes = "select l.token from lifecycle l where l.action_id = a.id and l.completed_at is null";
const openParts = "select i.id from intent i where i.action_id = a.id and i.state = 'open' limit 1000";
const unended = "case when a.end_time is null then array[a.id] else '{}' end as depended_by";

/** Actions themselves; one whose nodes wait for `complete_lifecycle` waits, too. */
const whole = (dependsOn: string) => `
    select ${columnsOf({ status: `case when a.status = 'RUNNING' and exists (${heldNodes}) then 'WAITING' else a.status end` })},
      case when a.status = 'RUNNING' then ${dependsOn} else '{}' end as depends_on, '{}'::uuid[] as depended_by
    from action a`;

const held = `
    select ${named}, '{}', p.depended_by
    from (select ${columnsOf(ofHeld)}, ${unended} from lifecycle l join action a on a.id = l.action_id) p`;

const listed = (from: string): ListedKind => ({
  ...listedActions,
  from: `(${from}
  ) a`,
  alias: "a",
  fields: [...actionColumns, "depends_on", "depended_by"].map((name) => `a.${name}`).join(", "),
  sortKeys: { ...listedActions.sortKeys, created_at: "a.created_at" },
});

/** Actions, and by their tokens the nodes that wait for `complete_lifecycle`, which Senlin's clients ask for at every version. */
export const actionsAndHeld = listed(`${whole(`array(${heldNodes})`)}
    union all${held}`);

/**
 * How Senlin's clients list actions: with one for each node that an action worked on, caused by it. There are no rows of them: they
 * are what the engine noted before it called a driver. What was asked of a node directly is no part.
 */
export const actionsAndParts = listed(`${whole(`array(${heldNodes}) || array(${openParts})`)}
    union all${held}
    union all
    select ${named}, '{}', p.depended_by
    from (
      select ${columnsOf(ofPart)}, case when i.state = 'open' and a.end_time is null then array[a.id] else '{}' end as depended_by
      from intent i join action a on a.id = i.action_id
      where a.action not like 'NODE\\_%' and not (i.operation = 'delete' and exists (
        select from lifecycle l where l.action_id = i.action_id and l.node_id = i.node_id))
    ) p`);
