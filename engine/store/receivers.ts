import type { Json } from "../../grammar/plan.ts";
import { toJsonColumn } from "./json-column.ts";
import type { ListedKind, Scope } from "./list-rows.ts";
import type { Queryable } from "./pool.ts";

type Data = Readonly<Record<string, Json>>;

/** What starts actions from outside. */
export interface ReceiverRow {
  readonly id: string;
  readonly project_id: string;
  readonly user_id: string;
  readonly domain_id: string | null;
  readonly name: string;
  readonly type: "webhook" | "message";
  readonly cluster_id: string | null;
  readonly action: string | null;
  /** `{trust_id}` with Keystone: in whose name it acts. */
  readonly actor: Data;
  /** Inputs of the action; `null` once a user has given that. */
  readonly params: Data | null;
  /** `{alarm_url}`; of messages `{queue_name, subscription}` */
  readonly channel: Data;
  readonly created_at: Date;
  readonly updated_at: Date | null;
}

const fields = `r.id, r.project_id, r.user_id, r.domain_id, r.name, r.type, r.cluster_id, r.action, r.actor, r.params,
  r.channel, r.created_at, r.updated_at`;

/** How users list receivers. */
export const listedReceivers: ListedKind = {
  from: "receiver r",
  fields,
  sortKeys: {
    name: "r.name",
    type: "r.type",
    action: "r.action",
    cluster_id: "r.cluster_id",
    created_at: "r.created_at",
    user: "r.user_id",
  },
  filters: {
    name: "r.name",
    type: "r.type",
    cluster_id: "r.cluster_id",
    action: "r.action",
    user: "r.user_id",
  },
};

/** What a request makes a receiver of. */
export type NewReceiver = Omit<ReceiverRow, "created_at" | "updated_at"> & {
  /** SHA-256 of what signs its URL, in hex. */
  readonly secret_hash: string | null;
};

/** Adds a receiver. */
export async function insertReceiver(db: Queryable, q: NewReceiver): Promise<ReceiverRow> {
  const text = `
    insert into receiver as r (id, project_id, user_id, domain_id, name, type, cluster_id, action, actor, params, channel,
      secret_hash)
    values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)
    returning ${fields}`;
  const head = [q.id, q.project_id, q.user_id, q.domain_id, q.name, q.type, q.cluster_id, q.action];
  const values = [...head, ...[q.actor, q.params, q.channel].map(toJsonColumn), q.secret_hash];
  return (await db.query<ReceiverRow>({ name: "insert-receiver", text, values })).rows[0]!;
}

/** Changes what is not `undefined`. `null` when the receiver is gone. */
export async function updateReceiver(
  db: Queryable,
  q: {
    scope: Scope;
    id: string;
    name: string | undefined;
    action: string | undefined;
    params: ReceiverRow["params"] | undefined;
  },
): Promise<ReceiverRow | null> {
  const text = `
    update receiver r
    set name = coalesce($3, r.name), action = coalesce($4, r.action), params = coalesce($5, r.params), updated_at = now()
    where r.id = $1 and ($2::text is null or r.project_id = $2)
    returning ${fields}`;
  const params = q.params === undefined ? null : toJsonColumn(q.params);
  const values = [q.id, q.scope.projectId, q.name ?? null, q.action ?? null, params];
  return (await db.query<ReceiverRow>({ name: "update-receiver", text, values })).rows[0] ?? null;
}

/** Keeps what a receiver is reached by. */
export async function setChannel(db: Queryable, q: { id: string; channel: Data }): Promise<ReceiverRow> {
  const text = `update receiver r set channel = $2 where r.id = $1 returning ${fields}`;
  const values = [q.id, toJsonColumn(q.channel)];
  const row = (await db.query<ReceiverRow>({ name: "set-receiver-channel", text, values })).rows[0];
  if (row === undefined) throw new Error(`receiver ${q.id} was deleted while its channel was made`);
  return row;
}

/** Receivers of all projects that wait for messages, by id, at most `limit` after one. */
export async function listMessageReceivers(
  db: Queryable,
  q: { after: string | null; limit: number },
): Promise<ReceiverRow[]> {
  const text = `
    select ${fields} from receiver r
    where r.type = 'message' and ($1::uuid is null or r.id > $1)
    order by r.id
    limit $2`;
  const values = [q.after, q.limit];
  return (await db.query<ReceiverRow>({ name: "list-message-receivers", text, values })).rows;
}

/** Whether there was one. */
export async function deleteReceiver(db: Queryable, q: { scope: Scope; id: string }): Promise<boolean> {
  const text = "delete from receiver r where r.id = $1 and ($2::text is null or r.project_id = $2)";
  const values = [q.id, q.scope.projectId];
  return ((await db.query({ name: "delete-receiver", text, values })).rowCount ?? 0) > 0;
}

/** The hash of what signs a receiver's URL; `null` when it has none, or is gone. */
export async function findReceiverSecret(db: Queryable, q: { id: string }): Promise<string | null> {
  const text = "select secret_hash from receiver where id = $1";
  const found = await db.query<{ secret_hash: string | null }>({
    name: "find-receiver-secret",
    text,
    values: [q.id],
  });
  return found.rows[0]?.secret_hash ?? null;
}
