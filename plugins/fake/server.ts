import type { NodeCall, ProfileDriver } from "../sdk/driver.ts";
import type { Host } from "../sdk/host.ts";
import { each } from "./each.ts";
import { failureOf, withFaults } from "./faults.ts";
import { cancelServer, create, pollServer, remove } from "./long-work.ts";
import { changeServer, idOf, readServer, type Server, type ServerProperties } from "./servers.ts";
import { hasBug, settingsOf } from "./settings.ts";

type Call = NodeCall<ServerProperties>;

/** Each operation may be repeated with its key: the key is in the server's id. */
export const server: ProfileDriver<ServerProperties> = {
  create: (host, call) => withFaults(host, "create", call, () => create(host, call)),

  find: (host, call) =>
    withFaults(host, "find", call, async () => {
      const id = idOf(call.key);
      if (hasBug(host, "forgets")) return null;
      if (hasBug(host, "finds_anything")) return { physicalId: id };
      return visible(host, await readServer(host, id)) ? { physicalId: id } : null;
    }),

  get: (host, call) =>
    withFaults(host, "get", call, async () => {
      const found = call.physicalId === null ? null : await readServer(host, call.physicalId);
      if (found === null || !visible(host, found)) return { exists: false, running: false, healthy: false };
      const ill = await illness(host, call, found);
      const running = found.status === "running";
      const seen = { exists: true, running, healthy: ill === undefined, detail: ill ?? found.status };
      return hasBug(host, "lies") ? { ...seen, mood: "fine" } : seen;
    }),

  delete: (host, call) => withFaults(host, "delete", call, () => remove(host, call)),

  update: (host, call) =>
    withFaults(host, "update", call, () =>
      changeServer(host, call, (before) => {
        while (hasBug(host, "blocks")) {} // until the host ends it
        const again = call.changes.image !== undefined && call.changes.image !== before.image;
        const { flavor } = call.changes;
        return {
          ...call.changes,
          ...(flavor ? { class: flavor } : {}),
          ...(again ? { startedAt: Date.now() } : {}),
        };
      }),
    ),

  operations: {
    start: (host, call) => turn(host, "start", call, "running"),
    stop: (host, call) => turn(host, "stop", call, "stopped"),
    pause: (host, call) => turn(host, "pause", call, "paused"),
    resume: (host, call) => turn(host, "resume", call, "running"),
    restart: (host, call) => turn(host, "restart", call, "running", true),
    suspend: (host, call) => turn(host, "suspend", call, "suspended"),
    rebuild: (host, call) => turn(host, "rebuild", call, "running", true),
    resize: (host, call) =>
      withFaults(host, "resize", call, () =>
        changeServer(host, call, () => ({ class: call.arguments["class"] as Server["class"] })),
      ),
    snapshot: (host, call) =>
      withFaults(host, "snapshot", call, async () => {
        await changeServer(host, call, () => ({})); // it has to be there
        return `snapshot-${call.key}`;
      }),
    adopt: (host, call) =>
      withFaults(host, "adopt", call, () => {
        const { name: node, cluster } = call.node;
        const physicalId = String(call.arguments["physical_id"]);
        return changeServer(host, { ...call, physicalId }, () => ({ node, cluster }));
      }),
  },

  poll: pollServer,
  cancel: cancelServer,
  batch: {
    create: (host, calls) => each(host, calls, (call) => server.create(host, call)),
    find: (host, calls) => each(host, calls, (call) => server.find(host, call)),
    get: (host, calls) => each(host, calls, (call) => server.get(host, call)),
    delete: (host, calls) => each(host, calls, async (call) => (await server.delete(host, call)) ?? null),
    update: (host, calls) => each(host, calls, async (call) => (await server.update?.(host, call)) ?? null),
  },
};

function turn(
  host: Host,
  operation: string,
  call: Call,
  status: Server["status"],
  again = false,
): Promise<void> {
  return withFaults(host, operation, call, () =>
    changeServer(host, call, (before) => {
      const starts = again || (operation === "start" && before.status === "stopped");
      return { status, ...(starts ? { startedAt: Date.now() } : {}) };
    }),
  );
}

function visible(host: Host, found: Server | null): boolean {
  return found !== null && Date.now() - found.createdAt >= settingsOf(host).visible_after;
}

/** Why the server isn't healthy, for people; `undefined` when it is. */
async function illness(host: Host, call: Call, found: Server): Promise<string | undefined> {
  const { boot, unhealthy, broken_images } = settingsOf(host);
  if (found.status !== "running") return found.status;
  if (unhealthy.includes(call.node.index)) return "unhealthy, as the settings say";
  if (broken_images.some((text) => found.image.includes(text))) return `image ${found.image} doesn't come up`;
  if (Date.now() - found.startedAt < boot) return "still starting";
  return (await failureOf(host, "health", call.node.index))?.message;
}
