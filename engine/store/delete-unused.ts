import type pg from "pg";
import { inTransaction } from "./pool.ts";
import { deleteSharesOf } from "./shares.ts";

/** What may not be left without the object `t`. */
const usesOf = {
  profile: `select from cluster where profile_id = t.id union all select from node where profile_id = t.id`,
  policy: `select from binding where policy_id = t.id`,
} as const;

/** Deletes a profile or policy that nothing uses, with its shares: `in-use` otherwise, `gone` when there was none. */
export async function deleteUnused(
  pool: pg.Pool,
  q: { kind: keyof typeof usesOf; projectId: string; id: string },
): Promise<"deleted" | "in-use" | "gone"> {
  const text = `
    with target as (
      select id from ${q.kind} where id = $1 and project_id = $2 for update
    ), deleted as (
      delete from ${q.kind} d using target t
      where d.id = t.id and not exists (${usesOf[q.kind]})
      returning d.id
    )
    select (select count(*) from target)::integer as found, (select count(*) from deleted)::integer as deleted`;
  const named = { name: `delete-unused-${q.kind}`, text, values: [q.id, q.projectId] };
  return await inTransaction(pool, async (db) => {
    const { found = 0, deleted = 0 } =
      (await db.query<{ found: number; deleted: number }>(named)).rows[0] ?? {};
    if (deleted === 0) return found > 0 ? "in-use" : "gone";
    await deleteSharesOf(db, { objectIds: [q.id] }); // a statement of its own sees one that was made meanwhile
    return "deleted";
  });
}
