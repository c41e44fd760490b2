import { type Created, DriverError, type NodeCall, type ProfileDriver } from "../sdk/driver.ts";
import type { Host } from "../sdk/host.ts";
import { ask } from "./engine.ts";
import { findByKey, inspect } from "./inspect.ts";
import { containerName, hostName, ownLabels } from "./names.ts";
import { type ContainerProperties, createBody } from "./properties.ts";
import { resize } from "./resize.ts";

type Call = NodeCall<ContainerProperties>;

/** One container per node. Its name is made from the key, so the engine itself refuses a second one. */
export const container: ProfileDriver<ContainerProperties> = {
  async create(host, call) {
    const made = await createAndStart(host, call, call.properties);
    return { physicalId: made };
  },

  async find(host, call): Promise<Created | null> {
    const id = await findByKey(host, call.key);
    return id === null ? null : { physicalId: id };
  },

  async get(host, call) {
    const state = call.physicalId === null ? null : await inspect(host, call.physicalId);
    if (state === null) return { exists: false, running: false, healthy: false };
    const running = state.status === "running";
    return { exists: true, running, healthy: running && state.healthy, detail: state.detail };
  },

  async delete(host, call) {
    const id = call.physicalId ?? (await findByKey(host, call.key));
    if (id !== null) await remove(host, id);
  },

  async update(host, call) {
    const { image, ...sizes } = call.changes;
    const id = existing(call);
    const now = await inspect(host, id);
    const replaced = await findByKey(host, call.key);
    if (now === null && replaced === null) throw gone(call);
    // an earlier try of this very call may have made the new container, and even removed the old one
    const other = replaced !== null && replaced !== id;
    if (other || (image !== undefined && image !== now?.image)) {
      const made = await createAndStart(host, call, { ...call.properties, ...call.changes });
      if (made !== id) await remove(host, id);
      return { physicalId: made };
    }
    if (Object.keys(sizes).length > 0) await resize(host, id, sizes);
  },

  operations: {
    start: async (host, call) => turn(host, call, "start"),
    async stop(host, call) {
      const seconds = Math.ceil(call.properties.stop_timeout / 1000);
      await turn(host, call, `stop?t=${seconds}`);
    },
    async pause(host, call) {
      if ((await state(host, call)) !== "paused") await turn(host, call, "pause");
    },
    resume: unpause,
    unpause,
    async restart(host, call) {
      const seconds = Math.ceil(call.properties.stop_timeout / 1000);
      await turn(host, call, `restart?t=${seconds}`);
    },
  },
};

/** Creates the container, or finds the one that an earlier try with this key made, and starts it. */
async function createAndStart(host: Host, call: Call, properties: ContainerProperties): Promise<string> {
  const id = await createOrFind(host, call, properties);
  await ask(host, "POST", `/containers/${id}/start`, {
    ok: [204, 304],
    fatal: { 400: { code: "bad-properties" } },
  });
  return id;
}

async function createOrFind(host: Host, call: Call, properties: ContainerProperties): Promise<string> {
  const path = `/containers/create?name=${encodeURIComponent(containerName(call))}`;
  const help = `bring the image ${properties.image} to the engine first: docker pull`;
  const fatal = { 400: { code: "bad-properties" }, 404: { code: "image-not-found", help } };
  const body = createBody(properties, ownLabels(call), hostName(call));
  try {
    const made = await ask(host, "POST", path, { ok: [201], fatal }, body);
    return (made.json as unknown as { Id: string }).Id;
  } catch (error) {
    // the name may be taken by what an earlier try made: 409 from docker, 500 from podman
    const id = error instanceof DriverError && error.retryable ? await findByKey(host, call.key) : null;
    if (id === null) throw error;
    return id;
  }
}

async function remove(host: Host, id: string): Promise<void> {
  await ask(host, "DELETE", `/containers/${id}?force=1&v=1`, { ok: [200, 204, 404] });
}

async function turn(host: Host, call: Call, what: string): Promise<void> {
  await ask(host, "POST", `/containers/${existing(call)}/${what}`, {
    ok: [204, 304],
    fatal: { 404: { code: "container-not-found" } },
  });
}

async function unpause(host: Host, call: Call): Promise<void> {
  if ((await state(host, call)) === "paused") await turn(host, call, "unpause");
}

async function state(host: Host, call: Call): Promise<string> {
  const found = await inspect(host, existing(call));
  if (found === null) throw gone(call);
  return found.status;
}

function existing(call: Call): string {
  if (call.physicalId === null)
    throw new DriverError(`node ${call.node.name} has no container`, {
      code: "container-not-found",
      retryable: false,
    });
  return call.physicalId;
}

function gone(call: Call): DriverError {
  return new DriverError(`docker: the container of ${call.node.name} is not there any more`, {
    code: "container-not-found",
    retryable: false,
  });
}
