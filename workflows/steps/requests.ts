import { targetSize } from "../../grammar/library/adjust-size.ts";
import type { Value } from "../../grammar/plan.ts";
import { nodeIdOf } from "../../grammar/references.ts";
import type { PolicyRequest, Run } from "../run.ts";

type Arguments = Readonly<Record<string, Value>>;

/** An action's effect on its cluster's size, as far as its name and arguments tell. */
export function requestOf(run: Run, action: string, id: string, values: Arguments): PolicyRequest {
  const now = run.world.nodesOf(id).length;
  const size = sizeAfter(run, action, id, values, now);
  return { action, size, count: Math.abs(size - now), remaining: Math.min(size, now) };
}

function sizeAfter(run: Run, action: string, id: string, values: Arguments, now: number): number {
  switch (action) {
    case "CLUSTER_CREATE":
      return run.world.cluster(id)?.size ?? 0;
    case "CLUSTER_DELETE":
      return 0;
    case "CLUSTER_RESIZE":
      return resized(run, id, values, now);
    case "CLUSTER_SCALE_OUT":
      return now + (maybeNumber(values["count"]) ?? 1);
    case "CLUSTER_SCALE_IN":
      return Math.max(0, now - (maybeNumber(values["count"]) ?? 1));
    case "CLUSTER_ADD_NODES":
      return now + nodesIn(values["nodes"]).length;
    case "CLUSTER_DEL_NODES":
      return Math.max(0, now - nodesIn(values["candidates"]).filter((node) => !standsBy(run, node)).length);
    case "NODE_DELETE":
    case "NODE_LEAVE":
      return Math.max(
        0,
        now - nodesIn([values["node"] ?? null]).filter((node) => !standsBy(run, node)).length,
      );
    default:
      return now;
  }
}

function standsBy(run: Run, nodeId: string): boolean {
  return run.world.node(nodeId)?.standby === true;
}

/** As `cluster.target` has it, from the arguments of CLUSTER_RESIZE. */
function resized(run: Run, id: string, values: Arguments, now: number): number {
  const cluster = run.world.cluster(id);
  const { adjustment_type: type } = values;
  const maximum = maybeNumber(values["max_size"]) ?? cluster?.maximum ?? -1;
  return targetSize(now, {
    size: maybeNumber(values["size"]),
    type: typeof type === "string" ? type : null,
    number: maybeNumber(values["number"]),
    minStep: maybeNumber(values["min_step"]),
    strict: values["strict"] !== false,
    minimum: maybeNumber(values["min_size"]) ?? cluster?.minimum ?? 0,
    maximum: maximum < 0 ? null : maximum,
  });
}

/** The nodes of the cluster that are to leave it, as far as they are known before the action. */
export function leavingNodes(
  run: Run,
  id: string,
  values: Arguments,
  { action, size, count, remaining }: PolicyRequest,
): readonly string[] {
  switch (action) {
    case "CLUSTER_SCALE_IN":
    case "CLUSTER_RESIZE":
      return size > remaining ? [] : run.world.victims(id, count);
    case "CLUSTER_DEL_NODES":
      return nodesIn(values["candidates"]);
    case "CLUSTER_REPLACE_NODES":
      return replaced(run, id, values["candidates"]);
    case "CLUSTER_DELETE":
      return run.world.nodesOf(id);
    case "NODE_DELETE":
    case "NODE_LEAVE":
      return nodesIn([values["node"] ?? null]);
    default:
      return [];
  }
}

/** The nodes that the action does something to, as far as it names them or is one of those on all of them. */
export function touchedNodes(run: Run, id: string, action: string, values: Arguments): readonly string[] {
  if (action.startsWith("NODE_")) return nodesIn([values["node"] ?? null]);
  if (!onNodes.has(action)) return [];
  return Array.isArray(values["nodes"]) ? nodesIn(values["nodes"]) : run.world.nodesOf(id);
}

const onNodes: ReadonlySet<string> = new Set(["CLUSTER_SUSPEND", "CLUSTER_RESUME", "CLUSTER_OPERATION"]);

/** `{ old: new }`: the old ones, which are named by id or name. */
function replaced(run: Run, id: string, candidates: Value | undefined): readonly string[] {
  const names = new Set(Object.keys((candidates ?? {}) as Arguments));
  return run.world
    .nodesOf(id)
    .filter((node) => names.has(node) || names.has(run.world.node(node)?.name ?? ""));
}

function nodesIn(value: Value | undefined): readonly string[] {
  return Array.isArray(value) ? value.flatMap((item: Value) => nodeIdOf(item) ?? []) : [];
}

function maybeNumber(value: Value | undefined): number | null {
  return typeof value === "number" ? value : null;
}

/** What a policy's `limit` left of the request: fewer nodes to come or go. */
export function cutInputs(bound: Map<string, Value>, request: PolicyRequest): void {
  if (bound.has("count")) bound.set("count", request.count);
  else bound.set("size", request.size);
}
