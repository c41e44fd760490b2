import { DriverError, type Json, type NodeCall, type ProfileDriver } from "../sdk/driver.ts";
import type { Host } from "../sdk/host.ts";
import { failureOf, withFaults } from "./faults.ts";
import { hostFor, hypervisors } from "./hypervisors.ts";
import { idOf } from "./ids.ts";
import { notFound } from "./records.ts";
import { resourceDriver, wrongStatus } from "./resource.ts";
import { serverDetails } from "./server-details.ts";
import {
  makeServer,
  membership,
  remark,
  type Server,
  type ServerProperties,
  servers,
} from "./server-record.ts";

type Call = NodeCall<ServerProperties> & { readonly arguments: Record<string, Json> };

const standard = resourceDriver<ServerProperties, Server>({
  records: servers,
  building: "BUILD",
  ready: "ACTIVE",
  make: makeServer,
  waits: ({ metadata }) => {
    const seconds = metadata?.["simulated_wait_time"];
    return typeof seconds === "number" && Number.isInteger(seconds) && seconds > 0 ? seconds * 1000 : 0;
  },
  isHealthy: (status) => status === "ACTIVE",
  update(before, { node, changes }) {
    const { flavor, image, metadata, networks } = changes;
    const settled = ["ACTIVE", "SHUTOFF"];
    const rebuilt = image !== undefined && image !== before.image;
    const resized = flavor !== undefined && flavor !== before.flavor;
    if ((rebuilt || resized) && !settled.includes(before.status))
      throw wrongStatus({ what: node.name, is: before.status, operation: "update", needs: settled });
    return {
      ...(rebuilt ? { image } : {}),
      ...(resized ? { flavor } : {}),
      // it is stopped for these, and started afterwards
      ...(rebuilt || resized ? { status: "ACTIVE", launchedAt: Date.now() } : {}),
      ...("name" in changes ? { name: changes.name ?? node.name } : {}),
      ...(networks === undefined ? {} : { networks }),
      ...(metadata === undefined ? {} : { metadata: remark(before.metadata, metadata) }),
    };
  },
});

/** Nova's servers, as records. */
export const server: ProfileDriver<ServerProperties> = {
  ...standard,
  operations: {
    reboot: (host, call) => {
      const soft = call.arguments["type"] !== "HARD";
      const from = soft ? ["ACTIVE"] : ["ACTIVE", "SHUTOFF", "PAUSED", "SUSPENDED", "ERROR"];
      return turn(host, "reboot", call, from, "ACTIVE");
    },
    rebuild: (host, call) => turn(host, "rebuild", call, ["ACTIVE", "SHUTOFF", "ERROR"], "ACTIVE"),
    // without a password nothing is to be done, and nothing goes wrong
    change_password: (host, call) => change(host, "change_password", call, () => ({})),
    pause: (host, call) => turn(host, "pause", call, ["ACTIVE"], "PAUSED"),
    unpause: (host, call) => turn(host, "unpause", call, ["PAUSED"], "ACTIVE"),
    suspend: (host, call) => turn(host, "suspend", call, ["ACTIVE"], "SUSPENDED"),
    resume: (host, call) => turn(host, "resume", call, ["SUSPENDED", "PAUSED"], "ACTIVE"),
    lock: (host, call) => change(host, "lock", call, () => ({ locked: true })),
    unlock: (host, call) => change(host, "unlock", call, () => ({ locked: false })),
    start: (host, call) => turn(host, "start", call, ["SHUTOFF"], "ACTIVE"),
    stop: (host, call) => turn(host, "stop", call, ["ACTIVE", "ERROR"], "SHUTOFF"),
    rescue: (host, call) => turn(host, "rescue", call, ["ACTIVE", "SHUTOFF", "ERROR"], "RESCUE"),
    unrescue: (host, call) => turn(host, "unrescue", call, ["RESCUE"], "ACTIVE"),
    evacuate: (host, call) => evacuate(host, call),
    resize: (host, call) =>
      change(host, "resize", call, () => ({ flavor: String(call.arguments["flavor"]), status: "ACTIVE" })),
    snapshot: async (host, call) => {
      await change(host, "snapshot", call, () => ({})); // it has to be there
      return await idOf(`snapshot ${call.key}`);
    },
    details: (host, call) =>
      withFaults(host, "details", call, async () => {
        const id = physicalIdOf(call);
        const found = await servers.read(host, id);
        if (found === null) throw notFound("server", id);
        return serverDetails(id, found);
      }),
    join: (host, call) =>
      change(host, "join", call, ({ metadata }) => {
        const { cluster_id, index } = call.arguments;
        return { metadata: { ...metadata, ...membership(String(cluster_id), Number(index)) } };
      }),
    leave: (host, call) =>
      change(host, "leave", call, ({ metadata }) => {
        const { cluster_id: _, cluster_node_index: __, ...rest } = metadata;
        return { metadata: rest };
      }),
    adopt: (host, call) => {
      const { id, name } = call.node;
      const physicalId = String(call.arguments["physical_id"]);
      return change(host, "adopt", { ...call, physicalId }, ({ metadata }) => ({
        node: name,
        metadata: { ...metadata, cluster_node_id: id },
      }));
    },
    check_health: (host, call) =>
      withFaults(host, "check_health", call, async () => {
        const detail = await illness(host, call, String(call.arguments["kind"]));
        return { healthy: detail === undefined, detail: detail ?? "healthy" };
      }),
  },
};

/** Brings the server to a status; one that it has already, by an earlier try say, is fine. */
function turn(host: Host, operation: string, call: Call, from: readonly string[], to: string): Promise<void> {
  return change(host, operation, call, (before) => {
    if (before.status !== to && !from.includes(before.status))
      throw wrongStatus({ what: call.node.name, is: before.status, operation, needs: from });
    const starts = to === "ACTIVE" && (before.status === "SHUTOFF" || from.includes("ERROR"));
    return { status: to, ...(starts ? { launchedAt: Date.now() } : {}) };
  });
}

function change(
  host: Host,
  operation: string,
  call: Call,
  by: (before: Server) => Partial<Server>,
): Promise<void> {
  return withFaults(host, operation, call, async () => {
    await servers.change(host, physicalIdOf(call), (before) => ({ ...by(before), updatedAt: Date.now() }));
  });
}

/** To the host that was asked for, or any other one; a repeat leaves it where the first try put it. */
async function evacuate(host: Host, call: Call): Promise<void> {
  const before = await servers.read(host, physicalIdOf(call));
  if (before === null) throw notFound("server", physicalIdOf(call));
  const { host: wanted } = call.arguments;
  const all = (await hypervisors(host)).map(({ name }) => name);
  if (typeof wanted === "string" && !all.includes(wanted)) throw notFound("hypervisor", wanted);
  const { zone } = before;
  const free = await hostFor(host, { zone, index: call.node.index, not: before.host });
  const to = typeof wanted === "string" ? wanted : free;
  await change(host, "evacuate", call, ({ movedBy }) =>
    movedBy === call.key ? {} : { host: to, movedBy: call.key },
  );
}

/** Why a look of this kind finds the server unhealthy; `undefined` when it doesn't. (senlin: do_healthcheck) */
async function illness(host: Host, call: Call, kind: string): Promise<string | undefined> {
  if (call.physicalId === null) return "it has no physical id";
  const found = await servers.read(host, call.physicalId);
  if (found === null) return "it is gone";
  if (kind === "NODE_STATUS_POLLING") {
    if (["ERROR", "SHUTOFF", "DELETED"].includes(found.status)) return `its status is ${found.status}`;
  } else {
    const at = (await hypervisors(host)).find(({ name }) => name === found.host);
    if (at === undefined) return `its hypervisor ${found.host} is gone`;
    if (at.state === "down") return `its hypervisor ${at.name} is down`;
    if (at.status === "disabled") return `its hypervisor ${at.name} is disabled`;
  }
  return (await failureOf(host, "health", call.node.index))?.message;
}

function physicalIdOf(call: Call): string {
  if (call.physicalId !== null) return call.physicalId;
  throw new DriverError(`${call.node.name} has no server yet`, {
    code: "server-not-found",
    retryable: false,
  });
}
