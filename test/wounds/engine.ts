import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Client, Connection } from "@temporalio/client";
import pino from "pino";
import { createAccess, localAccess } from "../../engine/access/create-access.ts";
import { applyProgram } from "../../engine/actions/apply-program.ts";
import { createServer } from "../../engine/api/create-server.ts";
import { loadPlugin } from "../../engine/host/load-plugin.ts";
import { insertPlugin } from "../../engine/store/plugins.ts";
import { insertToken } from "../../engine/store/tokens.ts";
import { createTestDatabase, serviceAddress, type TestDatabase } from "../support/database.ts";
import { root } from "../support/run-coppice.ts";
import { newTemporalNamespace } from "../support/temporal-namespace.ts";
import { type Shop, shopOf } from "./shop.ts";

/** An API and workers, which are processes, on a database and a Temporal namespace of their own. */
export interface Engine {
  readonly db: TestDatabase;
  readonly temporal: Client;
  /** Starts one more worker, and waits until it takes work. */
  startWorker(env?: Readonly<Record<string, string>>): Promise<WorkerProcess>;
  /** A project of one's own with a program: `text` follows the plugin's line, whose settings are `settings`. */
  shop(text: string, settings?: Readonly<Record<string, string>>): Promise<Shop>;
  stop(): Promise<void>;
}

export interface WorkerProcess {
  readonly pid: number;
  /** SIGKILL, SIGSTOP or SIGCONT; a killed one has ended when this returns. */
  signal(signal: "SIGKILL" | "SIGSTOP" | "SIGCONT"): Promise<void>;
}

/** Starts it with so many workers. */
export async function startEngine(q: {
  workers: number;
  env?: Readonly<Record<string, string>>;
}): Promise<Engine> {
  const db = await createTestDatabase();
  const address = await serviceAddress("temporal");
  const namespace = await newTemporalNamespace();
  const connection = await Connection.connect({ address });
  const home = mkdtempSync(join(tmpdir(), "coppice-wounds-"));
  const logger = pino({ level: "silent" });
  const access = await createAccess({ ...localAccess, pool: db.pool, logger });
  const app = await createServer({ pool: db.pool, access, logger });
  await app.listen({ host: "127.0.0.1", port: 0 });
  const url = `http://127.0.0.1:${(app.server.address() as AddressInfo).port}`;
  const fake = await loadPlugin(join(root, "plugins/fake"));
  const { name, version } = fake.manifest;
  const { hash, manifest, bundle } = fake;
  await insertPlugin(db.pool, { hash, name, version, manifest, bundle });
  const children: ChildProcess[] = [];
  let shops = 0;
  const engine: Engine = {
    db,
    temporal: new Client({ connection, namespace }),
    async startWorker(env = {}) {
      const child = spawn(process.execPath, [join(root, "bin/main.mjs"), "worker"], {
        env: {
          PATH: process.env["PATH"],
          HOME: "/nonexistent",
          COPPICE_HOME: home,
          DATABASE_URL: db.url,
          TEMPORAL_ADDRESS: address,
          TEMPORAL_NAMESPACE: namespace,
          ...q.env,
          ...env,
        },
        stdio: ["ignore", "pipe", "inherit", "ipc"],
      });
      children.push(child);
      const warned = told(child);
      const pid = child.pid ?? 0;
      const ended = once(child, "exit").then(([code]) => {
        throw new Error(`the worker ended with ${code}:\n${warned()}`);
      });
      ended.catch(() => {}); // later: it is stopped, or killed
      await Promise.race([once(child, "message"), ended]);
      return {
        pid,
        async signal(signal) {
          child.kill(signal);
          if (signal === "SIGKILL" && child.exitCode === null && child.signalCode === null)
            await once(child, "exit");
        },
      };
    },
    async shop(text, settings = {}) {
      shops += 1;
      const projectId = `project-${shops}`;
      const token = `token-of-${projectId}-that-nobody-guesses`;
      await insertToken(db.pool, { token, projectId, userId: "ann", role: "member" });
      const given = Object.entries(settings).map(([setting, value]) => `${setting}: ${value}`);
      const head = `plugin fake from "./fake" { allow state${given.length > 0 ? ` with { ${given.join(", ")} }` : ""} }\n`;
      const program = { projectId, userId: "ann", path: "shop.coppice", imports: [], parameters: {} };
      const apply = async (body: string) => {
        const applied = await applyProgram(db.pool, {
          ...program,
          text: `${head}${body}`,
          plugins: { "./fake": hash },
        });
        if (!applied.ok) throw new Error(JSON.stringify(applied.diagnostics.map(({ message }) => message)));
        return applied.actions.map(({ id }) => id);
      };
      const shop = shopOf({ db, url, token, projectId, apply });
      await shop.apply(text);
      return shop;
    },
    async stop() {
      for (const child of children) {
        child.kill("SIGCONT");
        child.kill("SIGTERM");
      }
      await Promise.all(
        children.map((child) =>
          child.exitCode === null && child.signalCode === null ? once(child, "exit") : null,
        ),
      );
      await app.close();
      await access.close();
      await connection.close();
      await db.drop();
      rmSync(home, { recursive: true, force: true });
    },
  };
  await Promise.all(Array.from({ length: q.workers }, () => engine.startWorker()));
  return engine;
}

/** What a worker said lately. */
function told(child: ChildProcess): () => string {
  const lines: string[] = [];
  child.stdout?.setEncoding("utf8").on("data", (text: string) => {
    lines.push(text);
    if (lines.length > 50) lines.shift();
    if (process.env["COPPICE_TEST_TELL"] !== undefined) process.stderr.write(text);
  });
  return () => lines.join("");
}
