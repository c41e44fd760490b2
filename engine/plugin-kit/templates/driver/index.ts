import { DriverError, defineDriver, type Host, type NodeCall } from "coppice/sdk";

/** A box as plugin.json describes it; the host has checked it. */
interface Box {
  readonly content: string;
  readonly litres: number;
}
type Call = NodeCall<Box>;

// The key names the box, so a repeat of the same call finds the one that an earlier try made.
const idOf = (call: Call): string => call.physicalId ?? call.key;
const placeOf = (host: Host, id: string): string => `${host.settings["shelf"]}/${id}`;

// Put your service in the place of host.state: host.http({ method: "GET", url: … }), with "http" among the needs.
async function read(host: Host, id: string): Promise<Box | null> {
  return (await host.state.get(placeOf(host, id))) as unknown as Box | null;
}

async function write(host: Host, id: string, { content, litres }: Box): Promise<void> {
  await host.state.set(placeOf(host, id), { content, litres });
}

async function existing(host: Host, call: Call): Promise<Box> {
  const box = await read(host, idOf(call));
  if (box !== null) return box;
  throw new DriverError(`the box of ${call.node.name} is gone`, { code: "box-not-found", retryable: false });
}

export default defineDriver({
  contract: 1,
  profiles: {
    box: {
      /** Returns when the box is there and usable. */
      async create(host: Host, call: Call) {
        await write(host, call.key, call.properties);
        return { physicalId: call.key };
      },
      /** What a create with this key made, or null; never makes one. */
      async find(host: Host, call: Call) {
        return (await read(host, call.key)) === null ? null : { physicalId: call.key };
      },
      async get(host: Host, call: Call) {
        const exists = (await read(host, idOf(call))) !== null;
        return { exists, running: exists, healthy: exists };
      },
      /** Succeeds when there is nothing to delete. */
      async delete(host: Host, call: Call) {
        await host.state.delete(placeOf(host, idOf(call)));
      },
      /** Refuses what isn't there, for good: the engine makes the node anew then. */
      async update(host: Host, call: Call) {
        await existing(host, call);
        await write(host, idOf(call), call.properties);
      },
      operations: {
        async open(host, call: Call) {
          const { content } = await existing(host, call);
          host.event(`${call.node.name} holds ${content}`);
          return content;
        },
      },
    },
  },
});
