import path from "node:path";
import { withoutSecretValues } from "../actions/secret-env.ts";
import type { Config } from "../config/config.ts";
import { environmentFor } from "../config/config-variables.ts";
import { type EngineProgram, enginePart } from "./engine-part.ts";
import { findHome, type Home, makeHome } from "./home.ts";
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
  /** Handed on to the parts. Where it names a database or a Temporal, none is started. */
  readonly config: Config;
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
  const home = findHome(options.config);
  makeHome(home);
  const unlock = lockStack(home);
  try {
    await endLeftovers(home);
    if (options.setAside)
      for (const place of setDataAside(home, options.setAside, new Date(), options.config))
        options.say?.(`Set aside: ${place}`);
    for (let tries = 1; ; tries++) {
      try {
        return await start(options, home, unlock);
      } catch (error) {
        // a port that was free a moment ago isn't: unless somebody named it, choose another
        if (
          tries === 3 ||
          !(error instanceof StackError && unsteady.has(error.code)) ||
          Object.keys(namedPorts(options.config)).length > 0
        )
          throw error;
      }
    }
  } catch (error) {
    unlock();
    throw error;
  }
}

/** Ports that must be these; the others are last time's, or any free ones. */
function namedPorts(config: Config): Partial<Ports> {
  const named = {
    api: config.given("api-port"),
    temporal: config.given("temporal-port"),
    temporal_ui: config.given("temporal-ui-port"),
    postgres: config.given("postgres-port"),
  };
  const entries = Object.entries(named).filter(([, port]) => port !== undefined && port !== null);
  return Object.fromEntries(entries);
}

/** How programs on this machine reach an API that listens there. */
function localUrl(host: string, port: number | undefined): string {
  const reached = ["0.0.0.0", "::"].includes(host) ? "127.0.0.1" : host.includes(":") ? `[${host}]` : host;
  return `http://${reached}:${port}`;
}

async function start(options: StackOptions, home: Home, unlock: () => void): Promise<Stack> {
  const { config, say = () => {} } = options;
  const [database, address] = [config.get("database-url"), config.get("temporal-address")];
  const log = openStackLog(home);
  const own = { postgres: database === null, temporal: address === null };
  const wanted: PortName[] = ["api"];
  if (own.temporal) wanted.push("temporal", "temporal_ui");
  if (own.postgres) wanted.push("postgres");
  const last = readStackState(home);
  const ports = await choosePorts(namedPorts(config), last?.ports ?? {}, wanted);

  const parts = new Map<string, Supervised>();
  let state: StackState = {
    schema: 1,
    status: "starting",
    supervisor: identify(process.pid),
    ports: { ...last?.ports, ...ports },
    api_url: localUrl(config.get("api-host"), ports.api),
    temporal_address: own.temporal ? `127.0.0.1:${ports.temporal}` : address,
    temporal_ui_url: own.temporal
      ? `http://127.0.0.1:${ports.temporal_ui}`
      : (config.get("temporal-ui")?.href.replace(/\/$/, "") ?? null),
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
    const postgres = own.postgres ? postgresPart(home, ports.postgres ?? 0, config) : null; // chosen above when it is ours
    const temporal = own.temporal
      ? temporalPart(home, { temporal: ports.temporal ?? 0, temporal_ui: ports.temporal_ui ?? 0 }, config)
      : null;
    const databaseUrl = postgres?.url ?? database ?? "";
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
    const environment = (reader: EngineProgram["name"]) =>
      environmentFor([reader], config, {
        "database-url": databaseUrl,
        "temporal-address": state.temporal_address,
        "temporal-ui": state.temporal_ui_url === null ? null : new URL(state.temporal_ui_url),
        "api-port": apiPort,
      });
    const program = (name: EngineProgram["name"]) =>
      run(
        enginePart(home, {
          name,
          arguments: [main, name],
          env: name === "worker" ? environment(name) : withoutSecretValues(environment(name), config), // only a worker calls drivers
          apiPort,
        }),
      );
    await all([() => program("api"), () => program("worker")]);
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
