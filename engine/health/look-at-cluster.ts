import type pg from "pg";
import type { Plan } from "../../grammar/plan.ts";
import { keepLibraryPlan } from "../actions/library-plan.ts";
import type { PluginQuestions } from "../actions/ask-plugins.ts";
import { submitAction } from "../actions/submit-action.ts";
import { HostFailure } from "../host/plugin-host.ts";
import type { Networks } from "../host/broker/addresses.ts";
import { findPlan } from "../store/find-plan.ts";
import { type HealthCheckRow, listNodesToJudge, type NodeToJudge } from "../store/health-checks.ts";
import { findProgram } from "../store/programs.ts";
import { type HealthMode, type HealthPolicy, readHealthPolicy } from "./health-policy.ts";
import { type Look, pollUrl } from "./poll-url.ts";

export interface HealthTools {
  readonly pool: pg.Pool;
  readonly questions: Pick<PluginQuestions, "ofNode">;
  /** Networks whose private addresses may be asked. */
  readonly networks: Networks;
  readonly limit: <T>(work: () => Promise<T>) => Promise<T>;
  readonly sleep: (milliseconds: number) => Promise<void>;
}

/** What came of a look at a cluster. */
export interface ClusterLook {
  readonly ill: readonly { readonly node: string; readonly detail: string }[];
  /** Recoveries that were asked for. */
  readonly recovered: number;
  /** Why nothing, or not all, was done. */
  readonly fault: string | null;
}

/** Above this part of a cluster that falls ill at once, something else is broken: nothing is recovered by itself. */
const massPart = 0.5;
const massLeast = 3;

/**
 * Looks at all nodes of a cluster side by side and asks for the recovery of those that are ill. One that is being worked on,
 * or changed a moment ago, isn't judged; when most of a cluster is ill at once nothing is recovered: a broken network or
 * cloud would be taken for broken nodes.
 */
export async function lookAtCluster(tools: HealthTools, check: HealthCheckRow): Promise<ClusterLook> {
  const policy = readHealthPolicy(check.arguments);
  const { settledSeconds } = policy;
  const nodes = await listNodesToJudge(tools.pool, { clusterId: check.cluster_id, settledSeconds });
  const judged = nodes.filter((node) => node.settled && steady.has(node.status));
  const looks = await Promise.all(
    judged.map((node) => tools.limit(async () => ({ node, look: await lookAtNode(tools, policy, node) }))),
  );
  const ill = looks.filter(({ look }) => look.healthy === false);
  const told = ill.map(({ node, look }) => ({ node: node.name, detail: look.detail }));
  const unknown = looks.find(({ look }) => look.healthy === null);
  if (ill.length >= massLeast && ill.length > nodes.length * massPart) {
    const fault = `${ill.length} of ${nodes.length} nodes are ill at once: none is recovered by itself`;
    return { ill: told, recovered: 0, fault };
  }
  if (ill.length > 0) {
    const plan = await planOf(tools.pool, check);
    if (plan === null) return { ill: told, recovered: 0, fault: `program ${check.program} is gone` };
    for (const { node } of ill) await recover(tools, check, policy, plan, node);
  }
  const fault = unknown === undefined ? null : `${unknown.node.name}: ${unknown.look.detail}`;
  return { ill: told, recovered: ill.length, fault };
}

/** Others are being worked on, or were never there. */
const steady: ReadonlySet<string> = new Set(["ACTIVE", "WARNING", "ERROR"]);

async function lookAtNode(tools: HealthTools, policy: HealthPolicy, node: NodeToJudge): Promise<Look> {
  const looks: Look[] = [];
  for (const mode of policy.modes) {
    const look = await lookBy(tools, mode, node);
    looks.push(look);
    if (policy.any ? look.healthy === false : look.healthy === true) return look;
  }
  const decisive = looks.find((look) => look.healthy === null) ?? looks.at(-1);
  return decisive ?? { healthy: null, detail: "the policy has no way to look" };
}

async function lookBy(tools: HealthTools, mode: HealthMode, node: NodeToJudge): Promise<Look> {
  if (mode.kind === "NODE_STATUS_POLL_URL")
    return await pollUrl(mode.url, { nodeName: node.name, networks: tools.networks, sleep: tools.sleep });
  if (node.physical_id === null) return { healthy: false, detail: "it has no resource" };
  try {
    return await askDriver(tools, mode.kind, node);
  } catch (error) {
    if (!(error instanceof HostFailure)) throw error;
    return { healthy: null, detail: error.message }; // a cloud that doesn't answer says nothing of the node
  }
}

/** `check_health` where the driver has it; its `get` shows at least whether the resource is well. */
async function askDriver(tools: HealthTools, kind: string, node: NodeToJudge): Promise<Look> {
  try {
    const seen = (await tools.questions.ofNode(node, "check_health", { kind })) as unknown as Look;
    return { healthy: seen.healthy, detail: seen.detail };
  } catch (error) {
    if (
      !(error instanceof HostFailure) ||
      error.code !== "unknown-operation" ||
      kind !== "NODE_STATUS_POLLING"
    )
      throw error;
  }
  const seen = (await tools.questions.ofNode(node, "get")) as {
    readonly exists: boolean;
    readonly healthy: boolean;
    readonly detail?: string;
  };
  return { healthy: seen.exists && seen.healthy, detail: seen.detail ?? (seen.exists ? "not well" : "gone") };
}

/** One recovery for one illness: as long as it is under way the cluster isn't looked at, and then the node has changed. */
async function recover(
  tools: HealthTools,
  check: HealthCheckRow,
  { recovery }: HealthPolicy,
  plan: Plan,
  node: NodeToJudge,
): Promise<void> {
  const minute = Math.floor(Date.now() / 60_000);
  await submitAction(tools.pool, {
    projectId: check.project_id,
    program: check.program,
    plan,
    action: "NODE_RECOVER",
    inputs: {
      node: node.id,
      ...(recovery.operation !== null && { operation: recovery.operation }),
      ...(recovery.params !== null && { operation_params: recovery.params }),
      delete_timeout: recovery.deleteTimeout,
      force_recreate: recovery.forceRecreate,
    },
    requestedBy: check.user_id,
    cause: "RPC Request",
    requestKey: `health ${node.id} ${minute}`,
  });
}

async function planOf(
  pool: pg.Pool,
  { project_id: projectId, program }: HealthCheckRow,
): Promise<Plan | null> {
  if (program === null) return await keepLibraryPlan(pool, projectId);
  const found = await findProgram(pool, { projectId, name: program });
  return found === null ? null : await findPlan(pool, { projectId, hash: found.plan_hash });
}
