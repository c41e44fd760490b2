import path from "node:path";
import { withoutSecretValues } from "../actions/secret-env.ts";
import { absolutePaths } from "./absolute-paths.ts";
import { type EngineProgram, enginePart } from "./engine-part.ts";
import { type Home, makeHome } from "./home.ts";
import type { Part } from "./part.ts";
import { choosePorts } from "./ports.ts";
import { postgresPart } from "./postgres-part.ts";
import { prepareDatabase } from "./prepare-database.ts";
import { identify } from "./process-identity.ts";
import { type DataKind, setDataAside } from "./set-aside.ts";
import { StackError } from "./stack-error.ts";
import { lockStack } from "./stack-lock.ts";
import { openStackLog } from "./stack-log.ts";
import {
  type PortName,
  type Ports,
  readStackState,
  type StackState,
  writeStackState,
} from "./stack-state.ts";
import { endLeftovers } from "./stop-stack.ts";
import { type Supervised, supervise } from "./supervise.ts";
import { temporalPart } from "./temporal-part.ts";

export interface StackOptions {
  readonly home: Home;
  /** Ports that must be these; the others are last time's, or any free ones. */
  readonly ports?: Partial<Ports>;
  /** `DATABASE_URL` and `TEMPORAL_ADDRESS` in it replace the embedded parts. */
  readonly env?: NodeJS.ProcessEnv;
  /** Parts whose data is renamed first, so that they start empty. */
  readonly setAside?: readonly DataKind[];
  /** Told of each step, for people: `Postgres is ready on port 40123`. */
  readonly say?: (line: string) => void;
}

/** A stack that runs in this process' care. */
export interface Stack {
  readonly home: Home;
  state(): StackState;
  /** Ends all parts in order: the engine, Temporal, Postgres. May be called twice. */
  stop(): Promise<void>;
}

const main = path.join(import.meta.dirname, "..", "..", "bin", "main.mjs");
const unsteady = new Set(["port-in-use"]);

/**
 * Starts Postgres, Temporal, the API and the worker of a home, and keeps them running until `stop`. Whatever dies is
 * started again; everything ends when this process does, however it ends. Throws `StackError`, with nothing left running.
 */
export async function startStack(options: StackOptions): Promise<Stack> {
  makeHome(options.home);
  const unlock = lockStack(options.home);
  try {
    await endLeftovers(options.home);
    if (options.setAside)
      for (const place of setDataAside(options.home, options.setAside, new Date()))
        options.say?.(`Set aside: ${place}`);
    for (let tries = 1; ; tries++) {
      try {
        return await start(options, unlock);
      } catch (error) {
        // a port that was free a moment ago isn't: unless somebody named it, choose another
        if (
          tries === 3 ||
          !(error instanceof StackError && unsteady.has(error.code)) ||
          options.ports !== undefined
        )
          throw error;
      }
    }
  } catch (error) {
    unlock();
    throw error;
  }
}

async function start(options: StackOptions, unlock: () => void): Promise<Stack> {
  const { home, env = process.env, say = () => {} } = options;
  const log = openStackLog(home);
  const own = { postgres: !env["DATABASE_URL"], temporal: !env["TEMPORAL_ADDRESS"] };
  const wanted: PortName[] = ["api"];
  if (own.temporal) wanted.push("temporal", "temporal_ui");
  if (own.postgres) wanted.push("postgres");
  const last = readStackState(home);
  const ports = await choosePorts(options.ports ?? {}, last?.ports ?? {}, wanted);

  const parts = new Map<string, Supervised>();
  let state: StackState = {
    schema: 1,
    status: "starting",
    supervisor: identify(process.pid),
    ports: { ...last?.ports, ...ports },
    api_url: `http://127.0.0.1:${ports.api}`,
    temporal_address: own.temporal ? `127.0.0.1:${ports.temporal}` : (env["TEMPORAL_ADDRESS"] ?? null),
    temporal_ui_url: own.temporal
      ? `http://127.0.0.1:${ports.temporal_ui}`
      : (env["COPPICE_TEMPORAL_UI"] ?? null),
    parts: {},
    started_at: new Date().toISOString(),
    failure: null,
  };
  const save = (change: Partial<StackState> = {}) => {
    const now = Object.fromEntries([...parts].map(([name, part]) => [name, part.state()]));
    state = { ...state, ...change, parts: now };
    writeStackState(home, state);
  };
  const run = async (part: Part) => {
    const events = {
      changed: () => save(),
      died: (name: string, how: string, pauseMs: number) => {
        log.warn({ part: name, how, pauseMs }, "a part ended; it is started again");
        say(`${name} ended (${how}); starting it again`);
      },
    };
    const supervised = await supervise(part, {
      ...events,
      changed: () => parts.has(part.name) && save(),
    });
    parts.set(part.name, supervised);
    save();
    log.info({ part: part.name }, "ready");
  };

  let stopped: Promise<void> | null = null;
  const end = async (change: Partial<StackState>) => {
    save({ status: "stopping" });
    for (const group of [["api", "worker"], ["temporal"], ["postgres"]]) {
      await Promise.all(group.map((name) => parts.get(name)?.stop()));
    }
    save({ ...change, supervisor: null });
    log.info("stopped");
  };

  save();
  try {
    const postgres = own.postgres ? postgresPart(home, ports.postgres ?? 0) : null; // chosen above when it is ours
    const temporal = own.temporal
      ? temporalPart(home, { temporal: ports.temporal ?? 0, temporal_ui: ports.temporal_ui ?? 0 })
      : null;
    const databaseUrl = postgres?.url ?? env["DATABASE_URL"] ?? "";
    await all([
      async () => {
        if (postgres) await run(postgres);
        const ran = await prepareDatabase(databaseUrl);
        say(`Postgres is ready${ran.length > 0 ? ` (ran ${ran.length} migrations)` : ""}`);
      },
      async () => {
        if (temporal) await run(temporal);
        say(`Temporal is ready: ${state.temporal_ui_url ?? state.temporal_address}`);
      },
    ]);
    const apiPort = ports.api ?? 0;
    const childEnv = {
      ...env,
      ...absolutePaths(env),
      COPPICE_HOME: home.folder,
      DATABASE_URL: databaseUrl,
      TEMPORAL_ADDRESS: state.temporal_address ?? "",
      COPPICE_TEMPORAL_UI: state.temporal_ui_url ?? "",
    };
    const program = (name: EngineProgram["name"], ...args: string[]) =>
      run(
        enginePart(home, {
          name,
          arguments: [main, name, ...args],
          env: name === "worker" ? childEnv : withoutSecretValues(childEnv), // only a worker calls drivers
          apiPort,
        }),
      );
    await all([() => program("api", "--port", String(apiPort)), () => program("worker")]);
    save({ status: "ready" });
    say(`The API is ready: ${state.api_url}`);
  } catch (error) {
    const known = error instanceof StackError ? error : null;
    log.error({ err: error }, "the stack did not come up");
    const failure = {
      code: known?.code ?? "failed",
      message: String((error as Error).message),
      help: known?.help ?? "",
    };
    await end({ status: "failed", failure });
    throw error;
  }
  return {
    home,
    state: () => state,
    stop() {
      stopped ??= end({ status: "stopped" }).finally(unlock);
      return stopped;
    },
  };
}

/** Runs all to their end, then throws the first failure: nothing is still starting when it does. */
async function all(works: readonly (() => Promise<void>)[]): Promise<void> {
  const ends = await Promise.allSettled(works.map((work) => work()));
  for (const each of ends) if (each.status === "rejected") throw each.reason;
}
