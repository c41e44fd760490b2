import { execFileSync } from "node:child_process";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { Keystone } from "../../test/support/keystone.ts";
import { startCoppice } from "../../test/support/start-coppice.ts";
import { memoryMb, withChildren } from "../process-memory.ts";

/** A system that speaks Senlin's API, started for one run. */
export interface System {
  readonly name: "senlin" | "coppice";
  readonly url: string;
  /** Its server closes each connection after an answer, so that now and then the next request meets a closing one. */
  readonly closesConnections: boolean;
  /** Resident memory of its own processes in MB, and of the servers beside it (database, queue, Temporal). */
  memory(): { readonly own_mb: number; readonly beside_mb: number };
  stop(): Promise<void>;
}

export const keystone: Keystone = {
  url: `http://127.0.0.1:${process.env["OSB_KEYSTONE_PORT"] ?? "5000"}/v3`,
  adminPassword: process.env["OSB_PASSWORD"] ?? "peerpass",
};

const peers =
  process.env["COPPICE_PEERS"] ?? fileURLToPath(new URL("../../../shared/peers", import.meta.url));
const peersState = process.env["PEERS_DIR"] ?? "/var/tmp/peers";

/**
 * Senlin 14.0.0 with its fake cloud, in the configuration that was fastest here: two engine workers, the API under
 * uwsgi. One that runs is restarted with these settings; `stop` starts it again as it is without any.
 */
export async function startSenlin(): Promise<System> {
  const scripts = join(peers, "senlin");
  if (!existsSync(join(scripts, "up")))
    throw new Error(
      `there is no Senlin to compare with: ${scripts} is absent; name the peers' folder in COPPICE_PEERS`,
    );
  const ran = alive(join(peersState, "senlin/run")).length > 0;
  const call = (script: string, settings: NodeJS.ProcessEnv = {}) =>
    execFileSync(join(scripts, script), {
      stdio: ["ignore", "ignore", "inherit"],
      env: { ...process.env, ...settings },
    });
  call("down");
  call("up", { SENLIN_ENGINE_WORKERS: "2", SENLIN_API: "uwsgi", SENLIN_API_WORKERS: "2" });
  return {
    name: "senlin",
    url: "http://127.0.0.1:8777",
    closesConnections: true,
    memory: () => ({
      own_mb: memoryMb(alive(join(peersState, "senlin/run"))),
      // Keystone serves both systems, and is not counted
      beside_mb: memoryMb(alive(join(peersState, "openstack-base/run"), (name) => name !== "keystone")),
    }),
    async stop() {
      call("down");
      if (ran) call("up");
    },
  };
}

/** Coppice with the fake cloud's plugin, everything embedded. */
export async function startOurs(): Promise<System> {
  const coppice = await startCoppice({
    keystoneUrl: keystone.url,
    port: 8779,
    more: { "max-clusters-per-project": "10000", "max-nodes-per-cluster": "1000" },
  });
  interface State {
    readonly supervisor: { readonly pid: number };
    readonly parts: Readonly<Record<string, { readonly process: { readonly pid: number } | null }>>;
  }
  return {
    name: "coppice",
    url: coppice.url,
    closesConnections: false,
    memory() {
      const { parts, supervisor } = JSON.parse(
        readFileSync(join(coppice.home, "stack.json"), "utf8"),
      ) as State;
      const pid = (name: string) => parts[name]?.process?.pid;
      const pids = (...names: string[]) => names.flatMap((name) => pid(name) ?? []);
      const beside = withChildren(pids("postgres", "temporal"));
      const own = withChildren([supervisor.pid, ...pids("api", "worker")]).filter(
        (each) => !beside.includes(each),
      );
      return { own_mb: memoryMb(own, false), beside_mb: memoryMb(beside, false) };
    },
    stop: () => coppice.stop(),
  };
}

/** The processes whose pid files lie in a folder, and that run. */
function alive(folder: string, wanted: (name: string) => boolean = () => true): readonly number[] {
  if (!existsSync(folder)) return [];
  return readdirSync(folder)
    .filter((file) => file.endsWith(".pid") && wanted(file.slice(0, -4)))
    .map((file) => Number(readFileSync(join(folder, file), "utf8")))
    .filter((pid) => existsSync(`/proc/${pid}`));
}
