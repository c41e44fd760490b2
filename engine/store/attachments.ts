import type { Json, PlanPlugin, SecretSource } from "../../grammar/plan.ts";
import type { Attachment } from "../../workflows/activities.ts";
import { toJsonColumn } from "./json-column.ts";
import type { Queryable } from "./pool.ts";

/** What a policy type keeps of one cluster, and the plugin that was asked last. */
export interface AttachmentRow {
  readonly use: PlanPlugin;
  readonly secrets: Readonly<Record<string, SecretSource>>;
  readonly data: Json;
  readonly nodes: Readonly<Record<string, Json>>;
}

interface BindingKey extends Attachment {
  readonly clusterId: string;
}

/** What is attached to the clusters that an action holds, in the order in which it was. */
export async function listAttachments(
  db: Queryable,
  q: { actionId: string },
): Promise<(Attachment & { readonly cluster_id: string })[]> {
  const text = `
    select t.cluster_id, t.policy, t.arguments
    from attachment t
    join mailbox m on m.cluster_id = t.cluster_id
    where m.action_id = $1
    order by t.id`;
  const found = await db.query<Attachment & { cluster_id: string }>({
    name: "list-attachments",
    text,
    values: [q.actionId],
  });
  return found.rows;
}

/** What is attached to these clusters of a project, and who was asked last; without what it keeps. */
export async function listAttachmentsOf(
  db: Queryable,
  q: { projectId: string; clusterIds: readonly string[] },
): Promise<(Attachment & Pick<AttachmentRow, "use"> & { readonly cluster_id: string })[]> {
  const text = `
    select t.cluster_id, t.policy, t.arguments, t.use
    from attachment t
    join cluster c on c.id = t.cluster_id
    where c.project_id = $1 and t.cluster_id = any ($2::uuid[])
    order by t.id`;
  const found = await db.query<Attachment & Pick<AttachmentRow, "use"> & { cluster_id: string }>({
    name: "list-attachments-of",
    text,
    values: [q.projectId, q.clusterIds],
  });
  return found.rows;
}

/** What one binding keeps; `null` when it isn't attached. */
export async function findAttachment(db: Queryable, q: BindingKey): Promise<AttachmentRow | null> {
  const text = `
    select use, secrets, data, nodes from attachment
    where cluster_id = $1 and policy = $2 and md5(arguments::text) = md5($3::jsonb::text)`;
  const values = [q.clusterId, q.policy, toJsonColumn(q.arguments)];
  return (await db.query<AttachmentRow>({ name: "find-attachment", text, values })).rows[0] ?? null;
}

/** Keeps it, whether it was attached before or not. */
export async function keepAttachment(db: Queryable, q: BindingKey & AttachmentRow): Promise<void> {
  const text = `
    insert into attachment (cluster_id, policy, arguments, use, secrets, data, nodes)
    values ($1, $2, $3, $4, $5, $6, $7)
    on conflict (cluster_id, policy, md5(arguments::text)) do update
    set use = excluded.use, secrets = excluded.secrets, data = excluded.data, nodes = excluded.nodes,
      updated_at = now()`;
  const json = [q.arguments, q.use, q.secrets, q.data, q.nodes].map(toJsonColumn);
  await db.query({ name: "keep-attachment", text, values: [q.clusterId, q.policy, ...json] });
}

/** It is detached. */
export async function deleteAttachment(db: Queryable, q: BindingKey): Promise<void> {
  const text = `
    delete from attachment
    where cluster_id = $1 and policy = $2 and md5(arguments::text) = md5($3::jsonb::text)`;
  const values = [q.clusterId, q.policy, toJsonColumn(q.arguments)];
  await db.query({ name: "delete-attachment", text, values });
}
