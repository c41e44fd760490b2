import type { ListedKind, Scope } from "./list-rows.ts";
import type { Queryable } from "./pool.ts";

/** What each of several texts means, as `findByIdentity` reads one. */
export interface FoundId {
  /** In the order of the question. */
  readonly identity: string;
  /** `null`: nothing, or more than one thing. */
  readonly id: string | null;
}

/** The objects that several texts name, by one statement. */
export async function findSeveral(
  db: Queryable,
  kind: Pick<ListedKind, "from">,
  q: { scope: Pick<Scope, "projectId">; identities: readonly string[] },
): Promise<readonly FoundId[]> {
  const table = kind.from.split(" ")[0]!;
  const scoped = "($2::text is null or o.project_id = $2)";
  const text = `
    with wanted as (
      select identity, position, case when identity ~* '${uuid}' then identity::uuid end as id,
        case when identity ~* '^[0-9a-f-]{1,36}$' then lower(identity) end as beginning
      from unnest($1::text[]) with ordinality as w (identity, position)
    ), by_id as (
      select w.position, o.id from wanted w join ${table} o on o.id = w.id where ${scoped}
    ), by_name as (
      select w.position, o.id
      from wanted w
      join ${table} o on o.name = w.identity
      where ${scoped} and not exists (select from by_id b where b.position = w.position)
    ), by_beginning as (
      select w.position, o.id
      from wanted w
      join ${table} o on o.id::text like w.beginning || '%'
      where w.id is null and w.beginning is not null and ${scoped}
        and not exists (select from by_name b where b.position = w.position)
    ), found as (
      select position, (array_agg(id))[1] as id, count(*) as count
      from (select * from by_id union all select * from by_name union all select * from by_beginning) as f
      group by position
    )
    select w.identity, case when f.count = 1 then f.id end as id
    from wanted w
    left join found f on f.position = w.position
    order by w.position`;
  const values = [q.identities, q.scope.projectId];
  return (await db.query<FoundId>({ name: `find-several-${table}`, text, values })).rows;
}

const uuid = "^[0-9a-f]{8}-?[0-9a-f]{4}-?[0-9a-f]{4}-?[0-9a-f]{4}-?[0-9a-f]{12}$";
