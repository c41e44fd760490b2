import type { Json, Value } from "../../grammar/plan.ts";
import type { Failure, OperateRequest } from "../../workflows/activities.ts";
import { HostFailure } from "../host/plugin-host.ts";
import type { NodeForCall } from "../store/load-nodes-for-call.ts";
import { Begun, type Change, statusOfRunning, without } from "./begun.ts";
import { callDriver, callKey, type DriverTarget } from "./call-driver.ts";
import type { DriverTools } from "./call-tools.ts";
import type { LongCalls } from "./long-calls.ts";
import { withRetries } from "./with-retries.ts";

/** What came of an operation on one node, and what its record should say. */
export type NodeResult =
  | { readonly ok: true; readonly update?: Change; readonly value?: Value; readonly deleted?: boolean }
  | { readonly ok: false; readonly failure: Failure; readonly update: Change };

/**
 * One operation on one node, with its retries. `attempts` counts the activity's tries: from the second on, look first.
 * Nothing new is tried once `signal` is aborted; what is under way goes on to its end unless `long.end` ends it, and `long`
 * says how it is followed where the driver works on its own.
 */
export async function operateNode(
  tools: DriverTools,
  q: OperateRequest,
  node: NodeForCall,
  values: Readonly<Record<string, Value>>,
  attempts: number,
  signal: AbortSignal,
  long: LongCalls = { kept: null, keep: async () => {}, cancel: signal },
): Promise<NodeResult> {
  const { callId, operation, timeoutMs } = q;
  const around = tools.aroundTry ?? ((_, work) => work());
  const begun = new Begun(async (change) => await tools.keepBegun?.({ nodeId: node.id, ...change }));
  try {
    const result = await withRetries({ retry: q.retry, clock: tools.clock, signal }, (attempt) =>
      around({ callId, operation, nodeId: node.id, arguments: values, timeoutMs }, () =>
        once(
          { tools, q, node, begun, long: attempt === 1 ? long : { ...long, kept: null } },
          values,
          attempts + attempt > 2,
        ),
      ),
    );
    return inDoubt(node, result);
  } catch (error) {
    if (!(error instanceof HostFailure)) throw error; // the engine's own fault: Temporal repeats the activity
    const failure: Failure = {
      code: error.code,
      message: error.message,
      ...(error.help === undefined ? {} : { help: error.help }),
    };
    const late =
      error.code === "cancelled" && long.end?.aborted === true ? "; the action's time is over" : "";
    const reason = `${q.operation} failed: ${error.message}${late}`.slice(0, 1000);
    if (error.code === unsupported) return { ok: false, failure, update: { status: node.status } };
    const update = { status: "ERROR", statusReason: reason, healthy: false, ...begun.change };
    return { ok: false, failure, update };
  }
}

/** What went well, with what an earlier operation left in doubt. */
function inDoubt(node: NodeForCall, result: NodeResult): NodeResult {
  if (!result.ok || result.update?.status !== "ACTIVE") return result;
  const { unconfirmed = node.unconfirmed, statusReason = "" } = result.update;
  return { ...result, update: { ...result.update, ...statusOfRunning(unconfirmed, statusReason) } };
}

/** A node, and what is begun on it. */
type ChangeTarget = DriverTarget & { readonly begun: Begun };

/** A node and the operation that a step asks of it. */
type NodeTarget = ChangeTarget & { readonly q: Pick<OperateRequest, "operation"> };

async function once(
  target: NodeTarget,
  values: Readonly<Record<string, Value>>,
  lookFirst: boolean,
): Promise<NodeResult> {
  switch (target.q.operation) {
    case "create":
      return await create(target, lookFirst);
    case "delete":
      if (values["stop_first"] === true) await stop(target);
      return await remove(target);
    case "check":
      return await check(target, values["confirm"] === true);
    case "update":
      return await update(target, values as Readonly<Record<string, Json>>);
    case "recreate":
      return await recreate(target, {}, lookFirst, undefined, values);
    case "converge":
      return await converge(target, lookFirst, values["profile"] ?? null);
    case "scale_vertically":
      return await scaleVertically(target, (values["properties"] ?? {}) as Readonly<Record<string, Json>>);
    case "perform":
      return await perform(target, values);
    case "adopt":
      return await adopt(target, values);
    case "suspend":
      return await sleep(target, values);
    case "resume":
      return await wake(target, values);
    default:
      return await operation(target, target.q.operation, values as Json);
  }
}

/** Suspends it; a node that stands by is stopped where the library says `instead: "stop"`. */
async function sleep(target: DriverTarget, values: Readonly<Record<string, Value>>): Promise<NodeResult> {
  const stops = target.node.standby && values["instead"] === "stop";
  return await turn(target, values, stops ? "stop" : "suspend", stops ? "STOPPED" : "SUSPENDED");
}

/** Wakes it again; `instead: "start"` where it was stopped. */
async function wake(target: DriverTarget, values: Readonly<Record<string, Value>>): Promise<NodeResult> {
  const starts = target.node.standby && values["instead"] === "start";
  return await turn(target, values, starts ? "start" : "resume", "ACTIVE");
}

async function turn(
  target: DriverTarget,
  values: Readonly<Record<string, Value>>,
  name: "stop" | "suspend" | "start" | "resume",
  status: string,
): Promise<NodeResult> {
  const { instead: _, ...given } = values;
  await expectAble(target, name);
  return await operation(target, name, (target.node.standby ? given : values) as Json, status);
}

async function operation(
  target: DriverTarget,
  name: string,
  values: Json,
  status = "ACTIVE",
): Promise<NodeResult> {
  const value = await callDriver(target, name, { arguments: values });
  const seen = await observe(target);
  const update = { status, statusReason: `${name} succeeded`, healthy: seen.healthy };
  return { ok: true, value, update };
}

/** An operation by its name, which nobody has checked yet: a driver without it leaves the node as it was. */
async function perform(target: DriverTarget, values: Readonly<Record<string, Value>>): Promise<NodeResult> {
  const name = String(values["operation"]);
  if (values["if_able"] === true) {
    if ((await lacking(target, name)) === null && target.node.physical_id !== null)
      await callDriver(target, name, { arguments: (values["params"] ?? {}) as Json });
    return { ok: true };
  }
  await expectAble(target, name);
  const params = (values["params"] ?? {}) as Readonly<Record<string, Json>>;
  return await operation(target, name, params);
}

/** A driver without the operation leaves the node as it was, and so does a node without a resource. */
async function expectAble(target: DriverTarget, name: string): Promise<void> {
  const { node } = target;
  const offered = await lacking(target, name);
  if (offered !== null)
    throw new HostFailure(`${node.profile_type} has no operation "${name}"`, {
      code: unsupported,
      retryable: false,
      help: `it has: ${offered.join(", ")}`,
    });
  if (node.physical_id === null)
    throw new HostFailure("it has no resource", { code: "no-resource", retryable: false });
}

/** The operations that the node's driver has instead; `null`: it has this one, or nobody knows. */
async function lacking({ tools, node }: DriverTarget, name: string): Promise<readonly string[] | null> {
  const operations = (await tools.abilities?.(node.plugin_hash, profileOf(node)))?.operations;
  return operations === undefined || operations.has(name) ? null : [...operations].sort();
}

/** What a driver can't do: nothing was tried. */
const unsupported = "unsupported-operation";

function profileOf({ profile_type: type }: Pick<NodeForCall, "profile_type">): string {
  return type.slice(type.lastIndexOf(".") + 1);
}

/** Makes the resource, unless an earlier try of the same call has. */
async function create(
  target: DriverTarget,
  lookFirst: boolean,
  properties?: Readonly<Record<string, Json>>,
): Promise<NodeResult> {
  const more = properties === undefined ? {} : { properties };
  // a resource that is there may be half made: where making takes long, only a repeated create knows
  const looks = lookFirst && !(await isLong(target, "create"));
  const found = looks ? await callDriver(target, "find", { physicalId: null, ...more }) : null;
  const made = (found ?? (await callDriver(target, "create", { physicalId: null, ...more }))) as {
    physicalId: string;
  };
  return {
    ok: true,
    update: {
      physicalId: made.physicalId,
      status: "ACTIVE",
      statusReason: "creation succeeded",
      healthy: true,
      unconfirmed: {},
    },
  };
}

/** Stops a resource that is to be deleted; one that doesn't stop is deleted all the same. */
async function stop(target: DriverTarget): Promise<void> {
  const { tools, node } = target;
  const able = (await tools.abilities?.(node.plugin_hash, profileOf(node)))?.operations.has("stop") === true;
  if (!able || node.physical_id === null) return;
  try {
    await callDriver(target, "stop", { arguments: {} });
  } catch (error) {
    if (!(error instanceof HostFailure)) throw error;
  }
}

/** Deletes the resource, also one whose creation never answered. */
async function remove(target: DriverTarget, more: Readonly<Record<string, Json>> = {}): Promise<NodeResult> {
  const physicalId = target.node.physical_id ?? (await findLost(target));
  if (physicalId !== null) await callDriver(target, "delete", { physicalId, ...more });
  return { ok: true, deleted: true };
}

/** What a `create` that was begun but never heard of again may have made. */
async function findLost(target: DriverTarget): Promise<string | null> {
  if (target.node.create_key === null) return null;
  const found = (await callDriver(target, "find", { physicalId: null, key: target.node.create_key })) as {
    physicalId: string;
  } | null;
  return found?.physicalId ?? null;
}

/** Takes a resource that is there already: the node's own from then on. */
async function adopt(target: DriverTarget, values: Readonly<Record<string, Value>>): Promise<NodeResult> {
  const { node } = target;
  const physicalId = String(values["physical_id"]);
  if (node.physical_id !== null && node.physical_id !== physicalId)
    throw new HostFailure(`it has the resource ${node.physical_id} already`, {
      code: "has-resource",
      retryable: false,
      help: "delete that node and adopt with a new one",
    });
  const value = await callDriver(target, "adopt", { arguments: values as Json });
  const seen = await observe({ ...target, node: { ...node, physical_id: physicalId } });
  const update = { physicalId, status: "ACTIVE", statusReason: "adopt succeeded", healthy: seen.healthy };
  return { ok: true, value, update };
}

/** Looks at the resource. `confirm`: where an update's reply was lost, asks once more for what the record says of it. */
async function check(target: ChangeTarget, confirm: boolean): Promise<NodeResult> {
  const seen = await observe(target);
  if (confirm && seen.healthy) {
    const confirmed = await confirmRecord(target);
    if (confirmed !== null) return { ...confirmed, value: true };
  }
  const before = target.node.status;
  const asleep = (before === "SUSPENDED" || before === "STOPPED") && seen.exists && !seen.running;
  const status = asleep ? before : !seen.healthy ? "ERROR" : before === "WARNING" ? before : "ACTIVE";
  return {
    ok: true,
    update: { status, statusReason: `check: ${seen.detail}`, healthy: seen.healthy },
    value: seen.healthy,
  };
}

/** `null`: nothing is in doubt, or the driver couldn't settle it now. */
async function confirmRecord(target: ChangeTarget): Promise<(NodeResult & { readonly ok: true }) | null> {
  const { node } = target;
  const now: Readonly<Record<string, Json>> = { ...node.properties, ...node.changes };
  const doubted = Object.keys(node.unconfirmed).filter((name) => name in now);
  if (doubted.length === 0) return null;
  try {
    const done = await update(target, Object.fromEntries(doubted.map((name) => [name, now[name] ?? null])));
    return done.ok ? done : null;
  } catch (error) {
    if (!(error instanceof HostFailure)) throw error;
    return null;
  }
}

/** How the resource looks now. */
export async function observe(
  target: DriverTarget,
): Promise<Record<"exists" | "running" | "healthy", boolean> & { readonly detail: string }> {
  if (target.node.physical_id === null)
    return { exists: false, running: false, healthy: false, detail: "it has no resource" };
  const seen = (await callDriver(target, "get", {})) as {
    exists: boolean;
    running: boolean;
    healthy: boolean;
    detail?: string;
  };
  const state = seen.exists ? (seen.running ? "running" : "not running") : "the resource does not exist";
  const { exists, running } = seen;
  const detail = seen.detail ?? (seen.healthy ? "healthy" : state);
  return { exists, running, healthy: exists && seen.healthy, detail };
}

/** The same for a resource that was just changed: a look that fails doesn't undo that, so the record must tell of it. */
async function observeIfAble(target: DriverTarget): Promise<{ readonly healthy: boolean }> {
  try {
    return await observe(target);
  } catch (error) {
    if (!(error instanceof HostFailure)) throw error;
    return { healthy: false };
  }
}

/** Until the driver says that it is done the machine may have either, and the record says so. A repeat asks for the same. */
async function update(target: ChangeTarget, wanted: Readonly<Record<string, Json>>): Promise<NodeResult> {
  const { node } = target;
  await target.begun.note({ unconfirmed: { ...node.unconfirmed, ...wanted } });
  const properties = { ...node.properties, ...node.changes, ...wanted };
  const changed = (await callDriver(target, "update", { changes: wanted, properties })) as {
    physicalId: string;
  } | null;
  const physicalId = changed?.physicalId ?? node.physical_id;
  const seen = await observeIfAble({ ...target, node: { ...node, physical_id: physicalId } });
  const changes = Object.fromEntries(
    Object.entries({ ...node.changes, ...wanted }).filter(
      ([name, value]) => !same(value, node.properties[name]),
    ),
  );
  return {
    ok: true,
    update: {
      changes,
      unconfirmed: without(node.unconfirmed, wanted),
      status: "ACTIVE",
      statusReason: "update succeeded",
      healthy: seen.healthy,
      ...(changed === null ? {} : { physicalId: changed.physicalId }),
    },
  };
}

/** Gives a living node more or less of what its profile type calls vertical, and changes nothing else. */
async function scaleVertically(
  target: ChangeTarget,
  wanted: Readonly<Record<string, Json>>,
): Promise<NodeResult> {
  const { tools, node } = target;
  const vertical = (await tools.abilities?.(node.plugin_hash, profileOf(node)))?.vertical;
  const now = { ...node.properties, ...node.changes };
  const changed = Object.entries(wanted).filter(
    ([name, value]) => name in node.unconfirmed || !same(value, now[name]),
  );
  const stuck = changed.find(([name, value]) => value === null || vertical?.has(name) === false);
  if (stuck !== undefined)
    throw new HostFailure(`${node.profile_type} can't have its ${stuck[0]} changed on a living node`, {
      code: unsupported,
      retryable: false,
    });
  if (node.physical_id === null)
    throw new HostFailure("it has no resource", { code: "no-resource", retryable: false });
  if (changed.length > 0) return await update(target, Object.fromEntries(changed));
  const seen = await observe(target);
  return { ok: true, update: { status: "ACTIVE", statusReason: "update succeeded", healthy: seen.healthy } };
}

/** Deletes what there is and makes it anew, under the same record. */
async function recreate(
  target: ChangeTarget,
  change: Change,
  lookFirst: boolean,
  properties?: Readonly<Record<string, Json>>,
  values: Readonly<Record<string, Value>> = {},
): Promise<NodeResult> {
  if (target.long?.kept?.operation === "create")
    return recovered(await create(target, false, properties), change);
  if (lookFirst && !(await isLong(target, "create"))) {
    const found = (await callDriver(target, "find", { physicalId: null })) as { physicalId: string } | null;
    if (found !== null)
      return {
        ok: true,
        update: {
          ...change,
          physicalId: found.physicalId,
          unconfirmed: {},
          status: "ACTIVE",
          statusReason: "recovery succeeded",
          healthy: true,
        },
      };
  }
  await removeFirst(target, values);
  await target.begun.note({ physicalId: null, createKey: callKey(target.q, target.node.id) });
  return recovered(await create(target, false, properties), change);
}

/** Fencing deletes by force; a delete that fails stops the recovery unless it is to go on `even_so`. */
async function removeFirst(target: DriverTarget, values: Readonly<Record<string, Value>>): Promise<void> {
  const { forced, delete_timeout: seconds, even_so: evenSo } = values;
  const timeoutMs = typeof seconds === "number" ? seconds * 1000 : target.q.timeoutMs;
  const bounded = { ...target, q: { ...target.q, timeoutMs } };
  try {
    await remove(bounded, forced === true ? { forced } : {}); // the host passes it to drivers that can
  } catch (error) {
    if (evenSo !== true || !(error instanceof HostFailure)) throw error;
  }
}

function recovered(made: NodeResult, change: Change): NodeResult {
  return made.ok
    ? { ...made, update: { ...made.update, ...change, statusReason: "recovery succeeded" } }
    : made;
}

async function isLong({ tools, node }: DriverTarget, operation: string): Promise<boolean> {
  return (await tools.abilities?.(node.plugin_hash, profileOf(node)))?.long.has(operation) ?? false;
}

/** Brings a node to a profile, its cluster's when none is named, save where it was placed: in place where the driver can, else by making it anew. */
async function converge(target: ChangeTarget, lookFirst: boolean, wantedProfile: Value): Promise<NodeResult> {
  const { tools, q, node } = target;
  const profileId = typeof wantedProfile === "string" ? wantedProfile : node.cluster_profile_id;
  const profile = await tools.profile({ actionId: q.actionId, profileId });
  if (profile === undefined)
    throw new HostFailure("the cluster's profile is gone", { code: "profile-gone", retryable: false });
  const now = { ...node.properties, ...node.changes };
  const all = { ...profile.properties, ...node.placed };
  const wanted = Object.fromEntries(
    Object.entries(all).filter(([name, value]) => name in node.unconfirmed || !same(value, now[name])),
  );
  const changes = Object.fromEntries(
    Object.entries(node.placed).filter(([name, value]) => !same(value, profile.properties[name])),
  );
  const arrived: Change = { profileId: profile.id, changes };
  const names = Object.keys(wanted);
  if (names.length === 0 && node.physical_id !== null)
    return { ok: true, update: { ...arrived, status: "ACTIVE", statusReason: "matches its profile" } };
  const updatable = await tools.updatable(
    profile.plugin_hash,
    profile.type.slice(profile.type.lastIndexOf(".") + 1),
  );
  if (node.physical_id === null || names.some((name) => !updatable.has(name))) {
    return await recreate(target, arrived, lookFirst, all);
  }
  const updated = await update(target, wanted);
  return updated.ok ? { ...updated, update: { ...updated.update, ...arrived } } : updated;
}

function same(a: Json | undefined, b: Json | undefined): boolean {
  return JSON.stringify(a ?? null) === JSON.stringify(b ?? null);
}
