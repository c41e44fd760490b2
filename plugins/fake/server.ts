import type { NodeCall, ProfileDriver } from "../sdk/driver.ts";
import type { Host } from "../sdk/host.ts";
import { failureOf, withFaults } from "./faults.ts";
import {
  addServer,
  changeServer,
  idOf,
  readServer,
  removeServer,
  type Server,
  type ServerProperties,
} from "./servers.ts";
import { settingsOf } from "./settings.ts";

type Call = NodeCall<ServerProperties>;

/** Each operation may be repeated with its key: the key is in the server's id. */
export const server: ProfileDriver<ServerProperties> = {
  create: (host, call) =>
    withFaults(host, "create", call, async () => {
      const now = Date.now();
      const { name, cluster } = call.node;
      const id = idOf(call.key);
      await addServer(host, id, {
        ...call.properties,
        class: call.properties.flavor ?? call.properties.class,
        node: name,
        cluster,
        status: "running",
        createdAt: now,
        startedAt: now,
      });
      return { physicalId: id };
    }),

  find: (host, call) =>
    withFaults(host, "find", call, async () => {
      const id = idOf(call.key);
      return visible(host, await readServer(host, id)) ? { physicalId: id } : null;
    }),

  get: (host, call) =>
    withFaults(host, "get", call, async () => {
      const found = call.physicalId === null ? null : await readServer(host, call.physicalId);
      if (found === null || !visible(host, found)) return { exists: false, running: false, healthy: false };
      const ill = await illness(host, call, found);
      const running = found.status === "running";
      return { exists: true, running, healthy: ill === undefined, detail: ill ?? found.status };
    }),

  delete: (host, call) =>
    withFaults(host, "delete", call, () => removeServer(host, call.physicalId ?? idOf(call.key))),

  update: (host, call) =>
    withFaults(host, "update", call, () =>
      changeServer(host, call, (before) => {
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
