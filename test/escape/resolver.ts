import { createSocket, type Socket } from "node:dgram";
import type { LookupAddress } from "node:dns";
import { Resolver } from "node:dns/promises";
import type { AddressInfo } from "node:net";

/** Answers of one name, one after the other, the last one for ever; `null` never answers. */
export type Zone = Readonly<Record<string, readonly (readonly string[] | null)[]>>;

/** What Node's own `lookup` calls with all addresses of a name. */
type Done = (error: Error | null, found?: readonly LookupAddress[]) => void;

/** A name server on loopback, and a look-up that asks it instead of the system's. */
export interface OwnResolver {
  /** In the place of `lookup` of `node:dns`. */
  lookup(name: string, options: object, done: Done): void;
  /** How often a name was asked for. */
  asked(name: string): number;
  close(): void;
}

/** Starts it. IPv4 answers only, with a time to live of 0: nobody may keep them. */
export async function ownResolver(zone: Zone): Promise<OwnResolver> {
  const counts = new Map<string, number>();
  const socket = createSocket("udp4");
  socket.on("message", (question, from) => answer(socket, zone, counts, question, from));
  await new Promise<void>((resolve) => socket.bind(0, "127.0.0.1", resolve));
  const resolver = new Resolver({ timeout: 500, tries: 1 });
  resolver.setServers([`127.0.0.1:${(socket.address() as AddressInfo).port}`]);
  return {
    lookup(name, _options, done) {
      resolver.resolve4(name).then(
        (found) =>
          done(
            null,
            found.map((address) => ({ address, family: 4 })),
          ),
        (error: Error) => done(error),
      );
    },
    asked: (name) => counts.get(name) ?? 0,
    close() {
      resolver.cancel();
      socket.close();
    },
  };
}

function answer(
  socket: Socket,
  zone: Zone,
  counts: Map<string, number>,
  question: Buffer,
  from: { readonly port: number; readonly address: string },
): void {
  const labels: string[] = [];
  let at = 12;
  for (let length = question[at] ?? 0; length > 0; length = question[at] ?? 0) {
    labels.push(question.toString("latin1", at + 1, at + 1 + length));
    at += 1 + length;
  }
  const name = labels.join(".").toLowerCase();
  const turn = counts.get(name) ?? 0;
  counts.set(name, turn + 1);
  const answers = zone[name] ?? [[]];
  const addresses = answers[Math.min(turn, answers.length - 1)] ?? null;
  if (addresses === null) return;
  const head = Buffer.from(question.subarray(0, at + 5));
  head.writeUInt16BE(addresses.length > 0 ? 0x8180 : 0x8183, 2);
  head.writeUInt16BE(addresses.length, 6);
  head.writeUInt32BE(0, 8);
  const records = addresses.map((address) =>
    Buffer.concat([
      Buffer.from([0xc0, 12, 0, 1, 0, 1, 0, 0, 0, 0, 0, 4]),
      Buffer.from(address.split(".").map(Number)),
    ]),
  );
  socket.send(Buffer.concat([head, ...records]), from.port, from.address);
}
