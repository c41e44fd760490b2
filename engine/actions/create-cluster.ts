import type pg from "pg";
import type { Json } from "../../grammar/plan.ts";
import { insertRequestedCluster } from "../store/insert-requested.ts";
import { newId } from "../store/new-id.ts";
import type { ActionRow } from "../store/rows.ts";
import { keepLibraryPlan } from "./library-plan.ts";
import { expectRoomForClusters } from "./quotas.ts";
import { Refusal } from "./refusal.ts";
import { type Requester, submitWanted } from "./request-action.ts";
import { sizeProblem } from "./sizes.ts";
import { submitOnce } from "./submit-action.ts";
import { withFreeName } from "./with-free-name.ts";

/** What a request says of a cluster; `null`: nothing. */
export interface NewCluster {
  readonly projectId: string;
  readonly name: string;
  readonly profileId: string;
  readonly minimum: number | null;
  readonly maximum: number | null;
  readonly desired: number | null;
  /** 0 is the default, too. */
  readonly timeoutSeconds: number | null;
  readonly metadata: Readonly<Record<string, Json>> | null;
  readonly config: Readonly<Record<string, Json>> | null;
}

/** Makes a cluster of no program: its row and its CLUSTER_CREATE, whose target it is. */
export async function createCluster(pool: pg.Pool, q: NewCluster, by: Requester): Promise<ActionRow> {
  const { projectId, minimum, maximum } = q;
  const { maximumNodes, actionTimeoutSeconds } = by.limits;
  const size = q.desired ?? minimum ?? 0;
  const problem = sizeProblem(null, { desired: size, minimum, maximum, strict: true, maximumNodes });
  if (problem !== null) throw new Refusal("invalid", "bad-sizes", problem);
  const plan = await keepLibraryPlan(pool, projectId);
  return submitOnce(pool, { projectId, requestKey: by.requestKey }, async (db) => {
    const owner = { projectId, userId: by.userId, more: 1 };
    await expectRoomForClusters(db, owner);
    const id = newId();
    await withFreeName(db, { kind: "cluster", projectId, name: q.name }, (within) =>
      insertRequestedCluster(within, {
        id,
        projectId,
        userId: by.userId,
        domainId: by.domainId,
        name: q.name,
        profileId: q.profileId,
        minimum: minimum ?? 0,
        maximum: maximum === null || maximum === 0 ? -1 : maximum, // senlin: cluster_create: 0 is no bound, too
        size,
        timeoutSeconds: q.timeoutSeconds || actionTimeoutSeconds,
        metadata: q.metadata ?? {},
        config: q.config ?? {},
      }),
    );
    const wanted = { action: "CLUSTER_CREATE" };
    return submitWanted(db, { by, wanted, target: { cluster: id }, projectId, plan, program: null });
  });
}
