import type { Queryable } from "./pool.ts";

/** One process of ours. */
export interface ServiceRow {
  readonly id: string;
  readonly host: string;
  /** `coppice-api`, `coppice-worker` */
  readonly binary: string;
  readonly topic: string;
  readonly disabled: boolean;
  readonly disabled_reason: string | null;
  readonly updated_at: Date;
  /** Whether it was heard of lately. */
  readonly up: boolean;
}

/** Notes that a process lives, and forgets those that nobody heard of for a day. */
export async function noteService(
  db: Queryable,
  q: { id: string; host: string; binary: string },
): Promise<void> {
  const text = `
    with dead as (delete from service where updated_at < now() - interval '1 day' and id <> $1)
    insert into service (id, host, "binary", topic) values ($1, $2, $3, $3)
    on conflict (id) do update set updated_at = now()`;
  await db.query({ name: "note-service", text, values: [q.id, q.host, q.binary] });
}

/** A process ends in an orderly way. */
export async function forgetService(db: Queryable, q: { id: string }): Promise<void> {
  await db.query({ name: "forget-service", text: "delete from service where id = $1", values: [q.id] });
}

/** All processes that were heard of within a day, by binary and host; at most 1,000. */
export async function listServices(db: Queryable, q: { downAfterSeconds: number }): Promise<ServiceRow[]> {
  const text = `
    select id, host, "binary", topic, disabled, disabled_reason, updated_at,
      updated_at >= now() - make_interval(secs => $1) as up
    from service order by "binary", host, id limit 1000`;
  return (await db.query<ServiceRow>({ name: "list-services", text, values: [q.downAfterSeconds] })).rows;
}
