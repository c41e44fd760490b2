import { timeoutFailure } from "../../engine/host/failures.ts";
import { HostFailure } from "../../engine/host/plugin-host.ts";
import type { ScriptedWorld } from "../../engine/local/fake-world.ts";
import type { DriverTry } from "../../engine/local/scripted-drivers.ts";
import type { Value } from "../../grammar/plan.ts";
import type { FinishRequest } from "../../workflows/activities.ts";
import type { Scenario } from "./scenario.ts";

/** What can be told of a run from outside, in every runtime: plain texts, so that they can be compared and read. */
export interface Observation {
  /** Status, reason, failure with its place, result. */
  readonly end: readonly string[];
  readonly decisions: readonly string[];
  /** Tries of drivers and functions, in the order in which they began. */
  readonly calls: readonly string[];
  readonly events: readonly string[];
  /** Clusters and nodes as they are afterwards. */
  readonly state: readonly string[];
}

/** Puts a scenario's nodes and faults into a world. `cancel` must return only when the run knows of it. */
export function prepareWorld(world: ScriptedWorld, scenario: Scenario, cancel: () => Promise<void>): void {
  const { store, drivers, clock, locks } = world;
  for (const id of [...scenario.sick, ...scenario.missing]) {
    const node = store.node(id);
    if (node?.physicalId == null) continue;
    if (scenario.missing.includes(id)) drivers.resources.lose(node.physicalId);
    else {
      drivers.resources.sicken(node.physicalId);
      store.setNode({ ...node, healthy: false, status: "ERROR" });
    }
  }
  for (const name of scenario.locked) locks.take({ actionId: "another", callId: name, names: [name] });
  const balancer = { id: "lb-1", pool: "pool-1", vip_address: "10.0.0.1" };
  for (const [plugin, operation, value] of [
    [null, "measure", 3],
    ["fake", "ask", 3],
    ["fake", "login", 3],
    ["fake", "balancer_create", balancer],
    ["fake", "balancer_find", [balancer]],
    ["fake", "member_add", "member-1"],
  ] as const)
    drivers.scripts.push({
      plugin,
      operation,
      node: null,
      effect: { kind: "returns", value },
      times: null,
    });
  const tries = new Map<string, number>();
  drivers.fault = async ({ operation, nodeId, timeoutMs, arguments: given }: DriverTry) => {
    const text = nodeId === null ? String(given["text"]) : "";
    const place = `${operation} ${nodeId} ${text.split(" ")[0]}`;
    const nth = (tries.get(place) ?? 0) + 1;
    tries.set(place, nth);
    for (const fault of scenario.faults) {
      if (fault.operation !== operation || fault.node !== nodeId || fault.nth !== nth) continue;
      if (fault.text !== undefined && !text.startsWith(`${fault.text} `)) continue;
      if (fault.kind === "cancel") {
        await cancel();
        continue;
      }
      if (fault.kind === "slow") {
        if (timeoutMs > longestTimeoutMs) continue; // it has the time
        await clock.sleep(timeoutMs);
        return timeoutFailure(operation, timeoutMs);
      }
      const message = `${operation} fails for ${nodeId ?? text}`;
      return new HostFailure(message, { code: "asked-for", retryable: fault.kind === "retryable" });
    }
    return null;
  };
}

/** Of those that programs here write. */
const longestTimeoutMs = 1_000;

/** What a run left behind, in texts. */
export function observe(
  world: ScriptedWorld,
  end: FinishRequest,
  events: readonly { readonly name: string; readonly fields: unknown }[],
): Observation {
  const { store, drivers } = world;
  const { failure } = end;
  const at = failure?.at;
  return {
    end: [
      `${end.status}: ${end.reason}`,
      `failure: ${failure === null ? "none" : `${failure.code}: ${failure.message} (${failure.help ?? ""})`}`,
      `at: ${at === undefined ? "nowhere" : `${at.file}:${at.line}:${at.column}-${at.endLine}:${at.endColumn}`}`,
      `outputs: ${show(end.outputs)}`,
    ],
    decisions: end.decisions.map(
      ({ policy, hook, action, decision, reason, at: place }) =>
        `${action} ${policy} ${hook} ${decision}: ${reason} (${place.line}:${place.column})`,
    ),
    calls: drivers.calls.map(
      ({ operation, nodeId, arguments: given, ok }) =>
        `${nodeId ?? "-"} ${operation} ${show(given)}${ok ? "" : " failed"}`,
    ),
    events: events.map(({ name, fields }) => `${name} ${show(fields as Value)}`),
    state: [
      ...store.clusters().map((cluster) => {
        const { name, size, status, profileId } = cluster;
        return `${name}: size ${size}, ${status}, ${show(store.profile(profileId)?.properties ?? null)}`;
      }),
      ...store.clusters().flatMap(({ id }) =>
        store.nodesOf(id).map((node) => {
          const { name, status, statusReason, healthy, changes, physicalId, profileId } = node;
          const properties = store.profile(profileId)?.properties ?? null;
          const resource = show(drivers.resources.call("get", { key: "", physicalId }) ?? null);
          return `${name}: ${status} (${statusReason}), ${healthy}, ${show(changes)}, ${show(properties)}, ${resource}`;
        }),
      ),
    ],
  };
}

/** JSON with its fields in order of name: a history may bring them back in another. */
function show(value: Value): string {
  return JSON.stringify(value, (_, of) =>
    of !== null && typeof of === "object" && !Array.isArray(of)
      ? Object.fromEntries(Object.entries(of).sort(([a], [b]) => (a < b ? -1 : 1)))
      : of,
  );
}
