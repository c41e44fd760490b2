/**
 * `npm run test:peers -- docker`: starts real systems, runs the tests in `test/peers/<name>` against them, and stops
 * what it started. The systems' own scripts (`up`, `down`) lie in `../shared/peers` beside this repository, or in the
 * folder that COPPICE_PEERS names.
 */
import { spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

interface Peer {
  /** Folder of its scripts, where it has another name. */
  readonly folder?: string;
  /** Values of ENGINE, each a system of its own; the only one when it's left out. */
  readonly engines?: readonly string[];
  /** Where it answers: one that does already is used as it is, and left running. */
  readonly url?: string;
}

const openstack: Peer = {
  folder: "openstack-base",
  url: `http://127.0.0.1:${process.env["OSB_KEYSTONE_PORT"] ?? "5000"}/v3`,
};
const peers: Readonly<Record<string, Peer>> = {
  docker: { engines: ["docker", "podman"] },
  keystone: openstack,
  "keystone-access": openstack,
  amqp: openstack,
  aws: {},
  ssh: {},
};
/** The exit code when a system itself does not come up: nothing of ours was tested (sysexits' EX_TEMPFAIL). */
const engineMissing = 75;
const root = fileURLToPath(new URL("..", import.meta.url));
const folder = process.env["COPPICE_PEERS"] ?? join(root, "../shared/peers");

process.exitCode = await main(process.argv.slice(2));

async function main([name, ...rest]: readonly string[]): Promise<number> {
  const peer = name === undefined ? undefined : peers[name];
  if (name === undefined || peer === undefined) {
    console.error(`which peer? There is ${Object.keys(peers).join(", ")}: npm run test:peers -- docker`);
    return 2;
  }
  const scripts = join(folder, peer.folder ?? name);
  if (!existsSync(join(scripts, "up"))) {
    console.log(
      `no real ${name} here: ${scripts} is absent; name the folder of the peers in COPPICE_PEERS. Nothing was tested.`,
    );
    return 0;
  }
  const environment: Record<string, string> = {
    COPPICE_TEST_PEER: name,
    COPPICE_TEST_PEER_SCRIPTS: scripts,
  };
  const started: string[] = [];
  try {
    const runs = peer.url !== undefined && (await answers(peer.url));
    for (const engine of runs ? [] : (peer.engines ?? [""])) {
      started.push(engine);
      const said = await run(join(scripts, "up"), [], engine === "" ? {} : { ENGINE: engine }, true);
      if (engine === "" && said.code === 0) continue; // it listens where its README says
      const socket = /^DOCKER_HOST=unix:\/\/(.+)$/m.exec(said.output)?.[1];
      if (said.code !== 0 || socket === undefined) {
        console.error(`${engine || name} did not start (exit code ${said.code})`);
        return engineMissing;
      }
      environment[`COPPICE_TEST_${engine.toUpperCase()}_SOCKET`] = socket;
    }
    const vitest = join(root, "node_modules/vitest/vitest.mjs");
    const args = [vitest, "run", "--config", "test/peers/vitest.config.ts", ...rest];
    return (await run(process.execPath, args, environment, false)).code;
  } finally {
    for (const engine of started)
      await run(join(scripts, "down"), [], engine === "" ? {} : { ENGINE: engine }, true);
  }
}

async function answers(url: string): Promise<boolean> {
  return await fetch(url).then(
    ({ ok }) => ok,
    () => false,
  );
}

/** Runs a program to its end; what it says on stdout is kept or shown. */
function run(program: string, args: readonly string[], environment: Record<string, string>, keep: boolean) {
  return new Promise<{ code: number; output: string }>((resolve, reject) => {
    const child = spawn(program, args, {
      cwd: root,
      env: { ...process.env, ...environment },
      stdio: ["ignore", keep ? "pipe" : "inherit", "inherit"],
    });
    let output = "";
    child.stdout?.on("data", (chunk: Buffer) => {
      output += chunk.toString("utf8");
    });
    child.on("error", reject);
    child.on("close", (code) => resolve({ code: code ?? 1, output }));
  });
}
