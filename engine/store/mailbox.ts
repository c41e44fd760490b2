import { channels } from "./channels.ts";
import type { Queryable } from "./pool.ts";

/**
 * A condition on `mailbox` rows of the action `$ACTION`: it stands first in each of its mailboxes and nobody else
 * holds one of them.
 */
const isFirst = (action: string) => `
  not exists (
    select from mailbox mine
    join mailbox other on other.cluster_id = mine.cluster_id and other.action_id <> mine.action_id
    where mine.action_id = ${action} and (other.held or (other.action_seq < mine.action_seq and not mine.held))
  )`;

/**
 * Locks these clusters and orphan nodes of a project, each kind in the order of their ids, until the transaction ends.
 * Whoever puts an action into mailboxes or takes one out does this first, so that order of acceptance and order of
 * commit are the same. Returns the ids that exist.
 */
export async function lockMailboxes(
  db: Queryable,
  q: { projectId: string; ids: readonly string[] },
): Promise<string[]> {
  const values = [q.projectId, q.ids];
  const lock = async (name: string, table: string, orphans: string) => {
    const text = `
      select id from ${table} where project_id = $1 and id = any ($2::uuid[]) ${orphans} order by id for no key update`;
    const found = await db.query<{ id: string }>({ name, text, values });
    return found.rows.map((row) => row.id);
  };
  const clusters = await lock("lock-clusters", "cluster", "");
  if (clusters.length === q.ids.length) return clusters;
  return [...clusters, ...(await lock("lock-orphans", "node", "and cluster_id is null"))];
}

/** Locks the clusters and nodes in whose mailboxes an action stands, in the same order. */
export async function lockMailboxesOf(db: Queryable, q: { actionId: string }): Promise<void> {
  for (const table of ["cluster", "node"]) {
    const text = `
      select o.id
      from ${table} o
      where o.id in (select cluster_id from mailbox where action_id = $1)
      order by o.id
      for no key update`;
    await db.query({ name: `lock-mailboxes-of-${table}`, text, values: [q.actionId] });
  }
}

/** Locks an action's places in mailboxes: from now on nothing is written in its name (`holder`). */
export async function lockMailboxRows(db: Queryable, q: { actionId: string }): Promise<void> {
  const text = "select from mailbox where action_id = $1 order by cluster_id for update";
  await db.query({ name: "lock-mailbox-rows", text, values: [q.actionId] });
}

/** Puts an action last into the mailbox of each cluster, or orphan node. */
export async function enterMailboxes(
  db: Queryable,
  q: { actionId: string; seq: string; clusterIds: readonly string[] },
): Promise<void> {
  const text = `
    insert into mailbox (cluster_id, action_seq, action_id)
    select cluster_id, $2::bigint, $1::uuid from unnest($3::uuid[]) as wanted (cluster_id)`;
  await db.query({ name: "enter-mailboxes", text, values: [q.actionId, q.seq, q.clusterIds] });
}

/**
 * Takes an ended action out of its mailboxes and out of the outbox, and makes the start of those due that now stand
 * first everywhere. The transaction has locked the clusters.
 */
export async function leaveMailboxes(db: Queryable, q: { actionId: string }): Promise<void> {
  const left = await db.query<{ cluster_id: string }>({
    name: "leave-mailboxes",
    text: "delete from mailbox where action_id = $1 returning cluster_id",
    values: [q.actionId],
  });
  await db.query({
    name: "delete-outbox-of",
    text: "delete from outbox where action_id = $1",
    values: [q.actionId],
  });
  await wakeNext(
    db,
    left.rows.map((row) => row.cluster_id),
  );
}

/** Makes the start due of each action that stands first in the mailboxes of these clusters and of all its others. */
async function wakeNext(db: Queryable, clusterIds: readonly string[]): Promise<void> {
  if (clusterIds.length === 0) return;
  await lockWakingOfSeveral(db, clusterIds);
  const text = `
    with first as (
      select distinct on (cluster_id) action_id
      from mailbox
      where cluster_id = any ($1::uuid[])
      order by cluster_id, action_seq
    ), due as (
      update outbox o set not_before = now()
      from first f
      where o.action_id = f.action_id and o.kind = 'start' and o.not_before = 'infinity' and ${isFirst("f.action_id")}
      returning o.id
    )
    select pg_notify('${channels.dispatch}', '') from due limit 1`;
  await db.query({ name: "wake-next", text, values: [clusterIds] });
}

/**
 * When the next action needs further clusters, the actions there may end at this same moment, and neither of the two
 * transactions would see that the other has left. So they come one after the other; it is the last lock they take.
 */
async function lockWakingOfSeveral(db: Queryable, clusterIds: readonly string[]): Promise<void> {
  const text = `
    with first as (
      select distinct on (cluster_id) action_id
      from mailbox
      where cluster_id = any ($1::uuid[])
      order by cluster_id, action_seq
    )
    select pg_advisory_xact_lock(670411003)
    where exists (
      select from first f
      join mailbox m on m.action_id = f.action_id
      where m.cluster_id <> all ($1::uuid[])
    )`;
  await db.query({ name: "lock-waking-of-several", text, values: [clusterIds] });
}

/** The same over all mailboxes: the slow sweep's net under a wake-up that was lost. Returns how many became due. */
export async function wakeForgotten(db: Queryable): Promise<number> {
  const text = `
    update outbox o set not_before = now()
    where o.kind = 'start' and o.not_before = 'infinity' and ${isFirst("o.action_id")}`;
  return (await db.query({ name: "wake-forgotten", text })).rowCount ?? 0;
}

/** Whether an action stands first in each of its mailboxes and nobody else holds one. */
export async function isTurnOf(db: Queryable, q: { actionId: string }): Promise<boolean> {
  const text = `select ${isFirst("$1::uuid")} as mine`;
  const found = await db.query<{ mine: boolean }>({ name: "is-turn-of", text, values: [q.actionId] });
  return found.rows[0]?.mine === true;
}

/** Holds all mailboxes of an action, or none: `false` when it isn't its turn. A holder may do it again. */
export async function holdMailboxes(db: Queryable, q: { actionId: string }): Promise<boolean> {
  const text = `
    with turn as (select ${isFirst("$1::uuid")} as mine),
    held as (
      update mailbox set held = true where action_id = $1 and (select mine from turn) returning cluster_id
    )
    select (select mine from turn) as mine, (select count(*) from held) as held`;
  const found = await db.query<{ mine: boolean }>({ name: "hold-mailboxes", text, values: [q.actionId] });
  return found.rows[0]?.mine === true;
}
