import { type CallsOf, DriverError, defineDriver, type Host, type PropertiesOf } from "coppice/sdk";
import type manifest from "./.coppice/manifest.ts";

type Box = PropertiesOf<typeof manifest, "box">;
type Call = CallsOf<typeof manifest, "box">;

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

export default defineDriver<typeof manifest>()({
  contract: 1,
  profiles: {
    box: {
      /** Returns when the box is there and usable. */
      async create(host, call) {
        await write(host, call.key, call.properties);
        return { physicalId: call.key };
      },
      /** What a create with this key made, or null; never makes one. */
      async find(host, call) {
        return (await read(host, call.key)) === null ? null : { physicalId: call.key };
      },
      async get(host, call) {
        const exists = (await read(host, idOf(call))) !== null;
        return { exists, running: exists, healthy: exists };
      },
      /** Succeeds when there is nothing to delete. */
      async delete(host, call) {
        await host.state.delete(placeOf(host, idOf(call)));
      },
      /** Refuses what isn't there, for good: the engine makes the node anew then. */
      async update(host, call) {
        await existing(host, call);
        await write(host, idOf(call), call.properties);
      },
      operations: {
        async open(host, call) {
          const { content } = await existing(host, call);
          host.event(`${call.node.name} is open${call.arguments.wide ? " wide" : ""} and holds ${content}`);
          return content;
        },
      },
    },
  },
});
