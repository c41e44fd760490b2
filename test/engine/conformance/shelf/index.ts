import {
  DriverError,
  defineDriver,
  type Host,
  type Json,
  type NodeCall,
} from "../../../../plugins/sdk/sdk.ts";

type Call = NodeCall<{ content: string }>;
type Box = { key: string; content: string; running: boolean };

const has = (host: Host, defect: string) => host.settings["defect"] === defect;
const pause = (milliseconds: number) => new Promise<void>((resolve) => setTimeout(resolve, milliseconds));
const leaked: number[][] = [];
const broken = new Set<string>();
let [made, asked] = [0, 0];

const read = async (host: Host, id: string) => (await host.state.get(`box/${id}`)) as Box | null;
const write = (host: Host, id: string, box: Box) => host.state.set(`box/${id}`, box as unknown as Json);

async function idOfKey(host: Host, key: string): Promise<string | null> {
  const all = await host.state.list("box/");
  const prefix = has(host, "finds-by-prefix");
  const found = all.find(({ value }) => {
    const box = value as unknown as Box;
    return prefix ? box.key.startsWith(key.slice(0, -2)) : box.key === key;
  });
  return found === undefined ? null : found.key.slice("box/".length);
}

async function create(host: Host, call: Call): Promise<{ physicalId: string }> {
  if (call.properties.content === "refused")
    throw new DriverError("no such content", {
      code: "refused",
      retryable: has(host, "refuses-retryably"),
    });
  if (has(host, "hides-refusals"))
    return await host.state.get("anything").then(
      () => makeBox(host, call),
      () => ({ physicalId: call.key }),
    );
  return await makeBox(host, call);
}

async function makeBox(host: Host, call: Call): Promise<{ physicalId: string }> {
  const known = await idOfKey(host, call.key);
  if (known !== null && !has(host, "doubles")) return { physicalId: known };
  if (has(host, "slow")) await pause(60_000);
  if (has(host, "doubles") || has(host, "races")) {
    made += 1;
    const id = `${call.key}-${made}`;
    await write(host, id, { key: call.key, content: call.properties.content, running: true });
    return { physicalId: id };
  }
  if (has(host, "half-done")) {
    // a mark first, the box later: a repeat takes the mark for the box
    const mark = `mark/${call.key}`;
    if ((await host.state.get(mark)) === null) {
      await host.state.set(mark, true);
      await write(host, call.key, { key: call.key, content: call.properties.content, running: true });
    }
    return { physicalId: call.key };
  }
  if (has(host, "leaves-scraps")) {
    // a scrap is written first, and delete knows nothing of it
    await write(host, `scrap-${call.key}`, { key: call.key, content: "", running: true });
    await write(host, call.key, { key: call.key, content: call.properties.content, running: true });
    await host.state.delete(`box/scrap-${call.key}`);
    return { physicalId: call.key };
  }
  if (has(host, "misses")) await host.state.set(`known/${call.key}`, true);
  const running = !has(host, "starts-later");
  const box = { key: call.key, content: call.properties.content, running };
  await host.state.compareAndSet(`box/${call.key}`, null, box);
  if (has(host, "one-for-all")) return { physicalId: "the-box" };
  return { physicalId: call.key };
}

async function get(host: Host, call: Call) {
  if (has(host, "leaks")) leaked.push(Array.from({ length: 200 }, (_, i) => i + leaked.length));
  if (has(host, "extra-result")) return { exists: true, running: true, healthy: true, colour: "red" };
  let box: Box | null = null;
  try {
    box = await read(host, call.physicalId ?? call.key);
  } catch (error) {
    if (!has(host, "swallows-outages")) throw error;
  }
  if (box === null)
    return has(host, "ghost")
      ? { exists: false, running: true, healthy: true }
      : { exists: false, running: false, healthy: false };
  return { exists: true, running: box.running, healthy: box.running && !has(host, "never-healthy") };
}

export default defineDriver({
  contract: 1,
  profiles: {
    box: {
      create,
      get,
      async find(host: Host, call: Call) {
        if (has(host, "find-makes")) return await create(host, call);
        const id = await idOfKey(host, call.key);
        return id === null ? null : { physicalId: id };
      },
      async delete(host: Host, call: Call) {
        if (has(host, "undeclared-need"))
          await host.http({ method: "GET", url: "http://127.0.0.1:1/" }).catch(() => {});
        if (call.physicalId === null && has(host, "deletes-by-id-only")) return;
        if (has(host, "leaves-scraps")) return await host.state.delete(`box/${call.physicalId ?? call.key}`);
        if (has(host, "misses") && (await host.state.get(`known/${call.key}`)) === null)
          throw new DriverError(`nobody ever made ${call.key}`, { code: "unknown", retryable: false });
        const id = call.physicalId ?? (await idOfKey(host, call.key));
        if (id === null) return;
        if (has(host, "delete-half")) {
          if ((await host.state.get(`gone/${id}`)) !== null) return; // it takes the mark for the deed
          await host.state.set(`gone/${id}`, true);
        }
        if (has(host, "deletes-once") && (await read(host, id)) === null)
          throw new DriverError(`there is no ${id}`, { code: "gone", retryable: false });
        await host.state.delete(`box/${id}`);
        await host.state.delete(`mark/${id}`);
      },
      async update(host: Host, call: Call & { changes: Partial<Call["properties"]> }) {
        const id = call.physicalId ?? call.key;
        const box = await read(host, id);
        if (box === null) {
          if (has(host, "updates-nothing")) return;
          throw new DriverError(`there is no ${id}`, { code: "gone", retryable: has(host, "hopes") });
        }
        if (has(host, "update-half")) await host.state.delete(`box/${id}`); // and writes it anew, if it comes to that
        if (has(host, "update-stops")) box.running = false;
        await write(host, id, { ...box, content: call.properties.content });
      },
      batch: {
        async get(host: Host, calls: readonly Call[]) {
          const all = await Promise.all(calls.map((call) => get(host, call)));
          return has(host, "batch-mixes-up") ? all.reverse() : all;
        },
        async create(host: Host, calls: readonly Call[]) {
          if (has(host, "batch-promises")) return calls.map((call) => ({ physicalId: call.key }));
          return await Promise.all(calls.map((call) => create(host, call)));
        },
        async find(host: Host, calls: readonly Call[]) {
          const ids = await Promise.all(calls.map((call) => idOfKey(host, call.key)));
          const all = ids.map((id) => (id === null ? null : { physicalId: id }));
          return has(host, "batch-mixes-up") ? all.reverse() : all;
        },
        async update(host: Host, calls: readonly (Call & { changes: Partial<Call["properties"]> })[]) {
          const all = await Promise.all(
            calls.map(async (call) => {
              const id = call.physicalId ?? call.key;
              const box = await read(host, id);
              if (box === null)
                return new DriverError(`there is no ${id}`, { code: "gone", retryable: false });
              await write(host, id, { ...box, content: call.properties.content });
              return null;
            }),
          );
          return has(host, "batch-mixes-up") ? all.reverse() : all;
        },
        async delete(host: Host, calls: readonly Call[]) {
          for (const call of has(host, "batch-promises") ? [] : calls)
            await host.state.delete(`box/${call.physicalId ?? (await idOfKey(host, call.key))}`);
          return calls.map(() => null);
        },
      },
      operations: {
        pause: (host: Host, call: Call) => turn(host, call, false),
        resume: (host: Host, call: Call) =>
          has(host, "start-lies") ? Promise.resolve() : turn(host, call, true),
        suspend: (host: Host, call: Call) => turn(host, call, false),
        restart: (host: Host, call: Call) => turn(host, call, !has(host, "restart-stops")),
        stop: (host: Host, call: Call) => turn(host, call, false),
        start: (host: Host, call: Call) =>
          has(host, "start-lies") ? Promise.resolve() : turn(host, call, true),
        async count(host: Host, call: Call) {
          if (has(host, "throws-by-chance") && broken.has(call.key)) throw new TypeError("not a DriverError");
          broken.add(call.key);
          return (await host.state.list("box/")).length;
        },
      },
    },
  },
  functions: {
    async boxes(host: Host) {
      if (has(host, "wrong-type")) return "many";
      if (has(host, "function-once") && asked++ > 0)
        throw new DriverError("that was asked before", { code: "asked-before", retryable: false });
      try {
        await host.state.list("box/");
      } catch (error) {
        if (has(host, "function-swallows")) return 0;
        if (has(host, "function-hides"))
          throw new DriverError("it can't be counted", { code: "no-count", retryable: true });
        throw error;
      }
      return (await host.state.list("box/")).length;
    },
  },
});

async function turn(host: Host, call: Call, running: boolean): Promise<void> {
  const id = call.physicalId ?? call.key;
  const box = await read(host, id);
  if (box === null) throw new DriverError(`there is no ${id}`, { code: "gone", retryable: false });
  if (has(host, "operation-half")) {
    const lock = `lock/${id}`;
    if ((await host.state.get(lock)) !== null)
      throw new DriverError(`${id} is busy`, { code: "busy", retryable: true });
    await host.state.set(lock, true); // whoever is interrupted here leaves it for ever
    await write(host, id, { ...box, running });
    await host.state.delete(lock);
    return;
  }
  if (has(host, "toggles")) await write(host, id, { ...box, running: !box.running });
  else await write(host, id, { ...box, running });
}
