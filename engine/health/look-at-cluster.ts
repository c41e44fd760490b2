import type pg from "pg";
import type { PluginQuestions } from "../actions/ask-plugins.ts";
import { HostFailure } from "../host/plugin-host.ts";
import type { Networks } from "../host/broker/addresses.ts";
import { type HealthCheckRow, listNodesToJudge, type NodeToJudge } from "../store/health-checks.ts";
import { askRecovery, planOfWatched } from "./ask-recovery.ts";
import { type HealthMode, type HealthPolicy, readHealthPolicy } from "./health-policy.ts";
import { isMassFailure, massFault } from "./mass-failure.ts";
import { type Look, pollUrl } from "./poll-url.ts";

export interface HealthTools {
  readonly pool: pg.Pool;
  readonly questions: Pick<PluginQuestions, "ofNode">;
  /** Networks whose private addresses may be asked. */
  readonly networks: Networks;
  /** Whether somebody listens to what clouds tell of their servers. */
  readonly hearsEvents: boolean;
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

/**
 * Looks at all nodes of a cluster side by side and asks for the recovery of those that are ill. One that is being worked on,
 * or changed a moment ago, isn't judged; when most of a cluster is ill at once nothing is recovered: a broken network or
 * cloud would be taken for broken nodes.
 */
export async function lookAtCluster(tools: HealthTools, check: HealthCheckRow): Promise<ClusterLook> {
  const policy = readHealthPolicy(check.arguments);
  if (policy.listens) return { ill: [], recovered: 0, fault: tools.hearsEvents ? null : nobodyListens };
  const { settledSeconds } = policy;
  const nodes = await listNodesToJudge(tools.pool, { clusterId: check.cluster_id, settledSeconds });
  const judged = nodes.filter((node) => node.settled && steady.has(node.status));
  const looks = await Promise.all(
    judged.map((node) => tools.limit(async () => ({ node, look: await lookAtNode(tools, policy, node) }))),
  );
  const ill = looks.filter(({ look }) => look.healthy === false);
  const told = ill.map(({ node, look }) => ({ node: node.name, detail: look.detail }));
  const unknown = looks.find(({ look }) => look.healthy === null);
  const counts = { ill: ill.length, nodes: nodes.length };
  if (isMassFailure(counts)) return { ill: told, recovered: 0, fault: massFault(counts) };
  if (ill.length > 0) {
    const plan = await planOfWatched(tools.pool, check);
    if (plan === null) return { ill: told, recovered: 0, fault: `program ${check.program} is gone` };
    for (const { node } of ill)
      await askRecovery(tools.pool, { cluster: check, policy, plan, nodeId: node.id, check: false });
  }
  const fault = unknown === undefined ? null : `${unknown.node.name}: ${unknown.look.detail}`;
  return { ill: told, recovered: ill.length, fault };
}

const nobodyListens =
  "its health policy waits for LIFECYCLE_EVENTS, and the operator has named no message bus (notifications-url)";

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
