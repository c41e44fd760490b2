import type { Json } from "../../grammar/plan.ts";
import { toJsonColumn } from "./json-column.ts";
import { nodeColumns } from "./load-nodes-for-call.ts";
import type { Queryable } from "./pool.ts";
import { columns, type NodeRow } from "./rows.ts";

/** Whose a thing is that a request makes. */
export interface Owner {
  readonly projectId: string;
  readonly userId: string;
  readonly domainId: string | null;
}

type Map = Readonly<Record<string, Json>>;

/** Adds a cluster of no program as INIT, without nodes: its CLUSTER_CREATE makes them. */
export async function insertRequestedCluster(
  db: Queryable,
  q: Owner & {
    id: string;
    name: string;
    profileId: string;
    minimum: number;
    maximum: number;
    size: number;
    timeoutSeconds: number;
    metadata: Map;
    config: Map;
  },
): Promise<void> {
  const text = `
    insert into cluster (id, project_id, user_id, domain_id, name, profile_id, min_size, max_size, desired_capacity,
      timeout, metadata, config, status, status_reason)
    values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, 'INIT', 'Initializing')`;
  const sizes = [q.minimum, q.maximum, q.size, q.timeoutSeconds];
  const json = [toJsonColumn(q.metadata), toJsonColumn(q.config)];
  const values = [q.id, q.projectId, q.userId, q.domainId, q.name, q.profileId, ...sizes, ...json];
  await db.query({ name: "insert-requested-cluster", text, values });
}

/** What a request says of a node. */
export type NewNode = Owner & {
  readonly id: string;
  readonly name: string;
  readonly profileId: string;
  /** `null`: an orphan. */
  readonly clusterId: string | null;
  readonly index: number;
  readonly role: string;
  readonly metadata: Map;
  /** Of one that is there already. */
  readonly adopted?: { readonly physicalId: string };
};

/** Adds a node as INIT, whose NODE_CREATE makes it; one that is adopted as ACTIVE. */
export async function insertRequestedNode(db: Queryable, q: NewNode): Promise<NodeRow> {
  const text = `
    insert into node as n (id, project_id, user_id, domain_id, name, profile_id, cluster_id, index, role, metadata,
      physical_id, status, status_reason, healthy, created_at)
    values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11::text,
      case when $11::text is null then 'INIT' else 'ACTIVE' end,
      case when $11::text is null then 'Initializing' else 'Node adopted successfully' end,
      $11::text is not null, case when $11::text is null then null else now() end)
    returning ${columns("n", nodeColumns)}`;
  const place = [q.profileId, q.clusterId, q.index, q.role, toJsonColumn(q.metadata)];
  const values = [q.id, q.projectId, q.userId, q.domainId, q.name, ...place, q.adopted?.physicalId ?? null];
  return (await db.query<NodeRow>({ name: "insert-requested-node", text, values })).rows[0]!;
}

/** Takes the next index of a cluster that the transaction has locked; `null` when it is gone. */
export async function takeNextIndex(db: Queryable, q: { clusterId: string }): Promise<number | null> {
  const text =
    "update cluster set next_index = next_index + 1 where id = $1 returning next_index - 1 as index";
  const taken = await db.query<{ index: number }>({ name: "take-next-index", text, values: [q.clusterId] });
  return taken.rows[0]?.index ?? null;
}
