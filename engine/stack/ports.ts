import { type AddressInfo, createServer } from "node:net";
import { StackError } from "./stack-error.ts";
import { type PortName, type Ports, portNames } from "./stack-state.ts";

export const portFlags: Readonly<Record<PortName, string>> = {
  api: "--api-port",
  temporal: "--temporal-port",
  temporal_ui: "--temporal-ui-port",
  postgres: "--postgres-port",
};

/**
 * A port on 127.0.0.1 for each part: the one named, else the one of last time, else any free one. A named port that is
 * in use is a `port-in-use`; a remembered one is quietly replaced.
 */
export async function choosePorts(
  named: Partial<Ports>,
  remembered: Partial<Ports>,
  wanted: readonly PortName[],
): Promise<Partial<Ports>> {
  const chosen: Partial<Record<PortName, number>> = {};
  for (const name of portNames) {
    if (!wanted.includes(name)) continue;
    const port = named[name];
    if (port !== undefined && !(await isFree(port))) throw portInUse(name, port);
    const twin = portNames.find((other) => chosen[other] === port);
    if (port !== undefined && twin !== undefined) throw namedTwice(twin, name, port);
    const last = remembered[name];
    const taken = [...Object.values(chosen), ...Object.values(named)];
    const usable = last !== undefined && !taken.includes(last) && (await isFree(last));
    chosen[name] = port ?? (usable ? last : await freePort(taken));
  }
  return chosen;
}

/** What to say of a named port that something else listens on. */
export function portInUse(name: PortName, port: number): StackError {
  const help = `Stop what listens there (ss -ltnp, lsof -i :${port}), name another port with ${portFlags[name]}, or leave it out: a free one is chosen.`;
  return new StackError("port-in-use", `port ${port} of 127.0.0.1, named for ${name}, is in use`, help);
}

function namedTwice(one: PortName, other: PortName, port: number): StackError {
  const flags = `${portFlags[one]} and ${portFlags[other]}`;
  return new StackError("port-in-use", `port ${port} is named twice, by ${flags}`, "Give each its own.");
}

/** Whether nothing listens on this port of 127.0.0.1. */
export function isFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once("error", () => resolve(false));
    server.listen(port, "127.0.0.1", () => server.close(() => resolve(true)));
  });
}

async function freePort(taken: readonly number[]): Promise<number> {
  for (;;) {
    const port = await new Promise<number>((resolve, reject) => {
      const server = createServer();
      server.once("error", reject);
      server.listen(0, "127.0.0.1", () => {
        const { port } = server.address() as AddressInfo; // it listens on TCP
        server.close(() => resolve(port));
      });
    });
    if (!taken.includes(port)) return port;
  }
}
