import type pg from "pg";
import type { Plan, PlanBinding, Value } from "../../grammar/plan.ts";
import type { PluginSchema } from "../../grammar/plugin-schema.ts";
import { slicePlan } from "../../grammar/slice.ts";
import { listAttachmentsOf } from "../store/attachments.ts";
import { findCluster } from "../store/find-cluster.ts";
import { findNode } from "../store/list-nodes.ts";
import { loadNextIndexes, loadProfilesOfProject } from "../store/load-cluster-state.ts";
import { loadNodesToPlan, type NodeWithProfile } from "../store/load-nodes-to-plan.ts";
import { inSnapshot } from "../store/pool.ts";
import type { ClusterRow, ProfileRow } from "../store/rows.ts";
import { toClusterView, toNodeView } from "../store/views.ts";
import { loadSchemas } from "./compile-request.ts";
import { profileSpecOf } from "./profile-spec.ts";
import { readInputs } from "./read-inputs.ts";
import { type ActionRequest, clustersToHold, expectAction } from "./submit-action.ts";

/** What an action would begin with, were it to run now; all that a rehearsal needs, and no secret's value. */
export interface ActionPreview {
  /** The part of the plan that the action can reach. */
  readonly plan: Plan;
  readonly inputs: Readonly<Record<string, Value>>;
  readonly state: PreviewState;
  readonly schemas: readonly PluginSchema[];
}

/** Clusters, nodes and profiles, in the shape that `engine/local` keeps them in. */
export interface PreviewState {
  readonly clusters: readonly (ReturnType<typeof toClusterView> & {
    readonly policies: readonly Pick<PlanBinding, "policy" | "arguments" | "enforce">[];
    readonly nextIndex: number;
  })[];
  readonly nodes: readonly ReturnType<typeof toStateNode>[];
  readonly profiles: readonly ReturnType<typeof toStateProfile>[];
  /** Policy types of plugins that are attached; what they keep is nobody's affair. */
  readonly attachments: readonly ReturnType<typeof toStateAttachment>[];
}

/** Reads what an action would begin with. Refuses what `submitAction` refuses, and writes nothing. */
export async function previewAction(
  pool: pg.Pool,
  request: Pick<ActionRequest, "projectId" | "program" | "plan" | "action" | "inputs">,
): Promise<ActionPreview> {
  const { projectId, plan } = request;
  const action = expectAction(request);
  return await inSnapshot(pool, async (db) => {
    const inputs = await readInputs(
      { actionName: request.action, action, given: request.inputs },
      {
        cluster: (idOrName) => findCluster(db, { projectId, idOrName }),
        node: (idOrName) => findNode(db, { projectId, idOrName }),
      },
    );
    const clusters = await clustersToHold(db, request, inputs, action.clusterNames);
    const clusterIds = clusters.map((cluster) => cluster.id);
    const nodes = await loadNodesToPlan(db, { projectId, clusterIds });
    const profiles = await loadProfilesOfProject(db, {
      projectId,
      profileIds: [...new Set([...clusters, ...nodes].map((row) => row.profile_id))],
    });
    const nextIndexes = await loadNextIndexes(db, { projectId, clusterIds });
    const attachments = await listAttachmentsOf(db, { projectId, clusterIds });
    const hashes = [
      ...profiles.map((profile) => profile.plugin_hash),
      ...Object.values(plan.plugins).map((plugin) => plugin.hash),
      ...Object.keys(plan.profiles).map((name) => profileSpecOf(plan, name).plugin_hash),
    ];
    const schemas = await loadSchemas(db, [...new Set(hashes)]);
    const policies = new Set(clusters.flatMap((cluster) => cluster.policies.map((each) => each.policy)));
    return {
      plan: slicePlan(
        plan,
        request.action,
        [...policies],
        clusters.map((cluster) => cluster.overrides),
      ),
      inputs: inputs.values,
      state: {
        clusters: clusters.map((row) => toStateCluster(row, nextIndexes.get(row.id) ?? 1)),
        nodes: nodes.map(toStateNode),
        profiles: profiles.map(toStateProfile),
        attachments: attachments.map(toStateAttachment),
      },
      schemas: [...schemas.values()],
    };
  });
}

function toStateCluster(row: ClusterRow, nextIndex: number): PreviewState["clusters"][number] {
  return { ...toClusterView(row), policies: row.policies, nextIndex };
}

function toStateNode(row: NodeWithProfile) {
  const { changes, placed, create_key: createKey, status_reason: statusReason } = row;
  return { ...toNodeView(row), changes, placed, createKey, statusReason };
}

function toStateAttachment(row: Awaited<ReturnType<typeof listAttachmentsOf>>[number]) {
  const { cluster_id: clusterId, policy, arguments: given, use } = row;
  return { clusterId, policy, arguments: given, use, secrets: {}, data: null, nodes: {} };
}

function toStateProfile(row: ProfileRow) {
  const { id, name, type, plugin_hash: pluginHash, grants, settings, properties } = row;
  return { id, name, type, pluginHash, grants, settings, properties };
}
