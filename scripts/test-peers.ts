/**
 * `npm run test:peers -- docker`: starts real systems, runs the tests in `test/peers/<name>` against them, and stops
 * what it started. The systems' own scripts (`up`, `down`) lie in `../shared/peers` beside this repository, or in the
 * folder that COPPICE_PEERS names.
 *
 * `npm run test:peers -- senlin-clients --target senlin --keep` runs Senlin's clients on the real Senlin instead of on
 * Coppice and keeps how it went for `npm run docs`; names of test files (`command-line`) run only those.
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
  /** Variables for its scripts. */
  readonly settings?: Readonly<Record<string, string>>;
  /** Installs what the tests need of others; throws where it can't be had here. */
  readonly prepare?: () => Promise<void>;
  /** What the tests are run against (`--target`; the first when it's left out), and whose scripts start it. */
  readonly targets?: Readonly<Record<string, Peer>>;
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
  "senlin-clients": {
    prepare: async () => {
      const { installClients } = await import("../test/peers/senlin-clients/install-clients.ts");
      installClients();
    },
    targets: {
      coppice: openstack,
      senlin: {
        folder: "senlin",
        url: "http://127.0.0.1:8777/v1",
        settings: { SENLIN_EXTRA: "health_check_interval_min = 10" }, // one functional test wants it
      },
    },
  },
  zaqar: { url: `http://127.0.0.1:${process.env["ZAQAR_PORT"] ?? "8888"}/` },
  aws: {},
  ssh: {},
};
/** The exit code when a system itself does not come up, or its clients can't be had: nothing of ours was tested (sysexits' EX_TEMPFAIL). */
const engineMissing = 75;
/** A system that takes longer to install and start does not come up here. */
const startMs = 12 * 60_000;
const root = fileURLToPath(new URL("..", import.meta.url));
const folder = process.env["COPPICE_PEERS"] ?? join(root, "../shared/peers");

process.exitCode = await main(process.argv.slice(2));

async function main([name, ...args]: readonly string[]): Promise<number> {
  const known = name === undefined ? undefined : peers[name];
  if (name === undefined || known === undefined) {
    console.error(`which peer? There is ${Object.keys(peers).join(", ")}: npm run test:peers -- docker`);
    return 2;
  }
  const { target = Object.keys(known.targets ?? {})[0], keep, rest } = readOptions(args);
  const peer = target === undefined ? known : known.targets?.[target];
  if (peer === undefined) {
    const targets = Object.keys(known.targets ?? {}).join(", ");
    console.error(targets === "" ? `${name} takes no --target` : `which target? There is ${targets}`);
    return 2;
  }
  const scripts = join(folder, peer.folder ?? name);
  if (!existsSync(join(scripts, "up"))) {
    console.error(
      `no real ${name} here: ${scripts} is absent; name the folder of the peers in COPPICE_PEERS. Nothing was tested.`,
    );
    return engineMissing;
  }
  try {
    await known.prepare?.();
  } catch (error) {
    console.error(`what the tests of ${name} need can't be installed here: ${(error as Error).message}`);
    return engineMissing;
  }
  const environment: Record<string, string> = {
    COPPICE_TEST_PEER: name,
    COPPICE_TEST_PEER_SCRIPTS: scripts,
    ...(target !== undefined && { COPPICE_TEST_TARGET: target }),
    ...(keep && { COPPICE_TEST_KEEP: "1" }),
  };
  const started: string[] = [];
  try {
    const runs = peer.url !== undefined && (await answers(peer.url));
    for (const engine of runs ? [] : (peer.engines ?? [""])) {
      started.push(engine);
      const said = await run(join(scripts, "up"), [], settingsOf(peer, engine), true, startMs);
      if (engine === "" && said.code === 0) continue; // it listens where its README says
      const socket = /^DOCKER_HOST=unix:\/\/(.+)$/m.exec(said.output)?.[1];
      if (said.code !== 0 || socket === undefined) {
        console.error(`${engine || name} did not start (exit code ${said.code})`);
        return engineMissing;
      }
      environment[`COPPICE_TEST_${engine.toUpperCase()}_SOCKET`] = socket;
    }
    const vitest = join(root, "node_modules/vitest/vitest.mjs");
    const tests = [vitest, "run", "--config", "test/peers/vitest.config.ts", ...rest];
    return (await run(process.execPath, tests, environment, false)).code;
  } finally {
    for (const engine of started) await run(join(scripts, "down"), [], settingsOf(peer, engine), true);
  }
}

function settingsOf(peer: Peer, engine: string): Record<string, string> {
  return { ...peer.settings, ...(engine !== "" && { ENGINE: engine }) };
}

async function answers(url: string): Promise<boolean> {
  return await fetch(url).then(
    ({ status }) => status < 400, // Zaqar names its versions with 300
    () => false,
  );
}

/** Takes `--target NAME` and `--keep` out of the arguments; the rest is vitest's. */
function readOptions(args: readonly string[]): {
  readonly target?: string;
  readonly keep: boolean;
  readonly rest: readonly string[];
} {
  const at = args.indexOf("--target");
  const target = at < 0 ? undefined : args[at + 1];
  const rest = args.filter((arg, n) => arg !== "--keep" && (at < 0 || (n !== at && n !== at + 1)));
  return { ...(target !== undefined && { target }), keep: args.includes("--keep"), rest };
}

/** Runs a program to its end, or until its time is over; what it says on stdout is kept or shown. */
function run(
  program: string,
  args: readonly string[],
  environment: Record<string, string>,
  keep: boolean,
  timeout = 0, // none
) {
  return new Promise<{ code: number; output: string }>((resolve, reject) => {
    const child = spawn(program, args, {
      cwd: root,
      env: { ...process.env, ...environment },
      timeout,
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
