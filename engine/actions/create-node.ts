import type pg from "pg";
import type { Json } from "../../grammar/plan.ts";
import { findCluster } from "../store/find-cluster.ts";
import { insertRequestedNode, takeNextIndex } from "../store/insert-requested.ts";
import { findSpecType } from "../store/load-node-facts.ts";
import { lockMailboxes } from "../store/mailbox.ts";
import { newId } from "../store/new-id.ts";
import type { Queryable } from "../store/pool.ts";
import type { ActionRow, ClusterRow } from "../store/rows.ts";
import { nodeName, nodeNameFormat } from "./node-name.ts";
import { planOfCluster } from "./plan-of-cluster.ts";
import { expectQuota } from "./quotas.ts";
import { Refusal } from "./refusal.ts";
import { type Requester, submitWanted } from "./request-action.ts";
import { submitOnce } from "./submit-action.ts";
import { withFreeName } from "./with-free-name.ts";

/** What a request says of a node. */
export interface NodeWish {
  /** Of a member, its place: its project's, and which plan knows it. `null`: an orphan of the caller's project. */
  readonly cluster: Pick<ClusterRow, "id" | "project_id" | "program" | "profile_id"> | null;
  readonly projectId: string;
  /** A member's name is made by its cluster's format instead. */
  readonly name: string;
  readonly profileId: string;
  readonly role: string;
  readonly metadata: Readonly<Record<string, Json>>;
}

/** Makes a node: its row and its NODE_CREATE, whose target it is. */
export async function createNode(pool: pg.Pool, q: NodeWish, by: Requester): Promise<ActionRow> {
  const { cluster } = q;
  if (cluster !== null && cluster.profile_id !== q.profileId)
    await expectSameType(pool, cluster.profile_id, q.profileId);
  const projectId = cluster?.project_id ?? q.projectId;
  const program = cluster?.program ?? null;
  const plan = await planOfCluster(pool, { project_id: projectId, program });
  return submitOnce(pool, { projectId, requestKey: by.requestKey }, async (db) => {
    await expectQuota(db, { projectId, userId: by.userId, resource: "nodes", more: 1 });
    const id = newId();
    const place = cluster === null ? null : await takePlace(db, cluster);
    const name = place?.name ?? q.name;
    await withFreeName(db, { kind: "node", projectId, name }, (within) =>
      insertRequestedNode(within, {
        id,
        projectId,
        userId: by.userId,
        domainId: by.domainId,
        name,
        profileId: q.profileId,
        clusterId: cluster?.id ?? null,
        index: place?.index ?? -1,
        role: q.role,
        metadata: q.metadata,
      }),
    );
    const wanted = { action: "NODE_CREATE" };
    return submitWanted(db, { by, wanted, target: { node: id }, projectId, plan, program });
  });
}

async function expectSameType(db: Queryable, clusterProfileId: string, profileId: string): Promise<void> {
  const [clusters, own] = await Promise.all([
    findSpecType(db, { profileId: clusterProfileId }),
    findSpecType(db, { profileId }),
  ]);
  if (clusters === own) return;
  throw new Refusal(
    "invalid",
    "other-profile-type",
    "Node and cluster have different profile type, operation aborted.",
  );
}

/** The next index of a cluster, and the name that comes of it. */
async function takePlace(
  db: pg.PoolClient,
  { id, project_id: projectId }: Pick<ClusterRow, "id" | "project_id">,
): Promise<{ readonly index: number; readonly name: string }> {
  await lockMailboxes(db, { projectId, ids: [id] });
  const row = await findCluster(db, { projectId, idOrName: id });
  const index = await takeNextIndex(db, { clusterId: id });
  if (row === null || index === null)
    throw new Refusal("conflict", "cluster-not-found", `The specified cluster '${id}' could not be found.`);
  return { index, name: nodeName(nodeNameFormat(row), index) };
}
