import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Client, Connection } from "@temporalio/client";
import pg from "pg";
import { configOf } from "../../engine/config/config-of.ts";
import { homeAt } from "../../engine/stack/home.ts";
import { postgresPart } from "../../engine/stack/postgres-part.ts";
import { type Stack, startStack } from "../../engine/stack/start-stack.ts";
import { createPool } from "../../engine/store/pool.ts";
import { type Ran, root, runCoppice } from "../support/run-coppice.ts";

/** A whole stack of one's own, as `coppice up` starts it: Postgres, Temporal, API and worker are processes. */
export interface TestStack {
  readonly home: string;
  readonly stack: Stack;
  readonly pool: pg.Pool;
  readonly temporal: Client;
  /** Calls the API with the local token; the body is parsed. */
  api(method: string, path: string, body?: unknown): Promise<{ status: number; body: Answer }>;
  /** The CLI against this stack. */
  cli(...args: string[]): Promise<Ran>;
  /** Applies a program by the CLI and returns when its actions have ended. */
  apply(path: string, ...args: string[]): Promise<void>;
  /** Starts an action and returns its id at once. */
  begin(program: string, action: string, inputs: Record<string, unknown>): Promise<string>;
  /** Waits for an action's end. */
  end(id: string): Promise<Ended>;
  /** Waits until SQL that gives one boolean says true. */
  until(sql: string, values?: unknown[]): Promise<void>;
  /** The process id of a part that runs now. */
  pidOf(part: "api" | "worker" | "temporal" | "postgres"): number;
  stop(): Promise<void>;
}

/** The parts of answers that tests look at. */
export interface Answer {
  readonly action: { readonly id: string; readonly status: string };
  readonly cluster: { readonly status: string };
  readonly nodes: readonly unknown[];
}

export interface Ended {
  readonly id: string;
  readonly status: string;
  readonly status_reason: string;
  readonly outputs: unknown;
  readonly cluster_id: string;
}

/** Starts a stack in a home that is thrown away; `env` is what its operator set. */
export async function startTestStack(env: NodeJS.ProcessEnv = {}): Promise<TestStack> {
  const home = mkdtempSync(join(tmpdir(), "coppice-test-"));
  const stack = await startStack({ config: configOf({ ...machine(), ...env, COPPICE_HOME: home }) });
  const { ports, api_url: apiUrl } = stack.state();
  const pool = createPool({ url: postgresPart(homeAt(home), ports.postgres ?? 0).url, max: 4 });
  const connection = await Connection.connect({ address: `127.0.0.1:${ports.temporal}` });
  const token = readFileSync(homeAt(home).token, "utf8").trim();
  const api: TestStack["api"] = async (method, path, body) => {
    const response = await fetch(`${apiUrl}${path}`, {
      method,
      headers: {
        "x-auth-token": token,
        "openstack-api-version": "clustering latest",
        ...(body === undefined ? {} : { "content-type": "application/json" }),
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    return { status: response.status, body: (await response.json()) as Answer };
  };
  const until: TestStack["until"] = async (sql, values = []) => {
    for (;;) {
      try {
        const [row] = (await pool.query({ text: sql, values, rowMode: "array" })).rows;
        if (row?.[0] === true) return;
      } catch (error) {
        // Postgres may be the part that a test has killed.
        if (error instanceof pg.DatabaseError && error.code?.startsWith("57P") !== true) throw error;
      }
      await pause(20);
    }
  };
  const cli = (...args: string[]) => runCoppice(args, { env: { COPPICE_HOME: home }, cwd: root });
  return {
    home,
    stack,
    pool,
    temporal: new Client({ connection }),
    api,
    cli,
    until,
    async apply(path, ...args) {
      const ran = await cli("apply", path, "--yes", ...args);
      if (ran.code !== 0)
        throw new Error(`coppice apply ${path} ended with ${ran.code}:\n${ran.stdout}${ran.stderr}`);
    },
    async begin(program, action, inputs) {
      const { status, body } = await api("POST", "/v1/actions", { program, action, inputs });
      if (status !== 202) throw new Error(`POST /v1/actions: ${status} ${JSON.stringify(body)}`);
      return body.action.id;
    },
    async end(id) {
      await until("select status not in ('READY', 'RUNNING') from action where id = $1", [id]);
      const found = await pool.query(
        "select id, status, status_reason, outputs, cluster_id from action where id = $1",
        [id],
      );
      return found.rows[0];
    },
    pidOf(part) {
      const pid = stack.state().parts[part]?.process?.pid;
      if (pid === undefined) throw new Error(`${part} does not run`);
      return pid;
    },
    async stop() {
      await connection.close();
      await pool.end();
      await stack.stop();
      rmSync(home, { recursive: true, force: true });
    },
  };
}

/** What the operator of this machine says about its programs. */
function machine(): NodeJS.ProcessEnv {
  const { PATH, TEMPORAL_CLI, COPPICE_POSTGRES_USER } = process.env;
  return { PATH, TEMPORAL_CLI, COPPICE_POSTGRES_USER };
}

/** Waits, where only time itself is waited for. */
export function pause(milliseconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, milliseconds));
}
