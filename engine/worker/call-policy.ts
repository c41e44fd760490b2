import type { Json, PlanPlugin, SecretSource } from "../../grammar/plan.ts";
import type { ClusterView, NodeView } from "../../grammar/world.ts";
import type { ConsultOutcome, ConsultRequest, PolicyAnswer } from "../../workflows/activities.ts";
import { HostFailure } from "../host/plugin-host.ts";
import { functionKey } from "./call-driver.ts";
import type { DriverTools } from "./call-tools.ts";
import { withRetries } from "./with-retries.ts";

/** What a policy type is shown, and what it kept. */
export interface PolicySubject {
  readonly projectId: string;
  readonly cluster: ClusterView;
  /** By index. */
  readonly nodes: readonly SubjectNode[];
  /** `null`: it isn't attached, or doesn't attach. */
  readonly kept: KeptByPolicy | null;
}

export interface SubjectNode
  extends Pick<NodeView, "id" | "name" | "index" | "status" | "healthy" | "physicalId" | "createdAt"> {
  readonly properties: Readonly<Record<string, Json>>;
}

/** What a policy type keeps of a cluster, and whom to ask when no plan names it any more. */
export interface KeptByPolicy {
  readonly use: PlanPlugin;
  readonly secrets: Readonly<Record<string, SecretSource>>;
  readonly data: Json;
  /** By node id. */
  readonly nodes: Readonly<Record<string, Json>>;
}

/** What came of a question: `kept` is to be kept from now on, `null` nothing any more; left out, it stays. */
export interface PolicyResult {
  readonly outcome: ConsultOutcome;
  readonly kept?: KeptByPolicy | null;
}

/** Bounds one try; a driver that is away for a moment gets three tries more. */
const timeoutMs = 10 * 60_000;
const retry = { count: 3, everyMs: 1_000, upToMs: 4_000 };

/** Asks a policy type that a plugin provides; `signal` ends the call. A repeat carries the same key. */
export async function callPolicy(
  tools: DriverTools,
  q: ConsultRequest,
  subject: PolicySubject,
  attempts: number,
  signal: AbortSignal,
): Promise<PolicyResult> {
  const { actionId, callId, operation } = q;
  const { kept, projectId } = subject;
  if (operation === "detach" && kept === null) return { outcome: { ok: true, answer: {} }, kept: null };
  const use = await pluginFor(tools, q, kept);
  if (use === null) {
    const message = `the plan has no plugin "${q.plugin}"`;
    return { outcome: { ok: false, failure: { code: "plugin-unknown", message } } };
  }
  const secret = async (name: string) =>
    (await tools.secret?.({ actionId, profileId: null, name })) ?? kept?.secrets[name] ?? null;
  const lines = tools.lines({ actionId, plugin: q.plugin, key: `${callId}.${attempts}` });
  try {
    const answer = await withRetries({ retry, clock: tools.clock, signal }, () =>
      tools.host.call({
        pluginHash: use.hash,
        projectId,
        grants: use.grants,
        settings: use.settings,
        target: { kind: "other", of: "policies", name: q.policy, operation },
        call: callOf(q, subject),
        timeoutMs,
        origin: { actionId, callId },
        secretSource: secret,
        onEvent: (message) => lines.add(message),
        signal,
      }),
    );
    if (operation === "detach") return { outcome: { ok: true, answer: {} }, kept: null };
    const { data, nodes, ...decided } = answer as PolicyAnswer & Said; // the host checked it
    const outcome: ConsultOutcome = { ok: true, answer: operation === "decide" ? decided : {} };
    if (kept === null && operation === "decide") return { outcome };
    const secrets = await secretsIn([q.arguments, use.settings], secret);
    return { outcome, kept: { use, secrets, ...keptNow(subject, { data, nodes }) } };
  } catch (error) {
    if (!(error instanceof HostFailure)) throw error; // the engine's own fault: Temporal repeats the activity
    const help = error.help === undefined ? {} : { help: error.help };
    return { outcome: { ok: false, failure: { code: error.code, message: error.message, ...help } } };
  } finally {
    await lines.flush();
  }
}

interface Said {
  readonly data?: Json | undefined;
  readonly nodes?: Readonly<Record<string, Json>> | undefined;
}

/** As the plan says now; what is to be detached may be gone from it, or its alias stand for something else. */
async function pluginFor(
  tools: DriverTools,
  { actionId, plugin, operation }: ConsultRequest,
  kept: KeptByPolicy | null,
): Promise<PlanPlugin | null> {
  const use = ((await tools.plugin({ actionId, plugin }))?.use ?? null) as PlanPlugin | null;
  if (operation !== "detach" || kept === null) return use;
  return use?.name === kept.use.name ? use : kept.use;
}

function callOf(q: ConsultRequest, { cluster, nodes, kept }: PolicySubject): Json {
  const { id, name, minimum, maximum, labels, size } = cluster;
  const base = {
    key: functionKey(q),
    cluster: { id, name, size, minimum, maximum, labels },
    nodes: nodes.map((node) => ({
      id: node.id,
      name: node.name,
      index: node.index,
      physical_id: node.physicalId,
      status: node.status,
      healthy: node.healthy,
      created_at: node.createdAt,
      properties: node.properties,
      data: kept?.nodes[node.id] ?? null,
    })),
    arguments: q.arguments,
  };
  if (q.operation === "attach") return base;
  const there = new Set(nodes.map((node) => node.id));
  const gone = Object.entries(kept?.nodes ?? {})
    .filter(([nodeId]) => !there.has(nodeId))
    .map(([nodeId, data]) => ({ id: nodeId, data }));
  const recorded = { ...base, data: kept?.data ?? null, gone };
  return q.operation === "detach" ? recorded : { ...recorded, phase: q.phase, request: q.request };
}

/** What was kept, with what the answer changes; of nodes that are gone it has been told. */
function keptNow({ nodes, kept }: PolicySubject, said: Said): Pick<KeptByPolicy, "data" | "nodes"> {
  const changed = { ...kept?.nodes, ...said.nodes };
  const there = nodes.flatMap(({ id }) => {
    const data = changed[id];
    return data === undefined || data === null ? [] : [[id, data] as const];
  });
  return {
    data: said.data === undefined ? (kept?.data ?? null) : said.data,
    nodes: Object.fromEntries(there),
  };
}

/** Where the secrets are that stand in a value. */
async function secretsIn(
  value: unknown,
  find: (name: string) => Promise<SecretSource | null>,
): Promise<KeptByPolicy["secrets"]> {
  const found: Record<string, SecretSource> = {};
  const queue = [value];
  for (let next = queue.pop(); next !== undefined; next = queue.pop()) {
    if (next === null || typeof next !== "object") continue;
    const name = (next as { readonly $secret?: unknown }).$secret;
    const source = typeof name === "string" ? await find(name) : null;
    if (source !== null) found[String(name)] = source;
    queue.push(...Object.values(next));
  }
  return found;
}
