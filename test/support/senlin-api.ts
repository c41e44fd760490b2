import type { AddressInfo } from "node:net";
import { fileURLToPath } from "node:url";
import pino from "pino";
import { type Access, createAccess, localAccess } from "../../engine/access/create-access.ts";
import { offerStandIn } from "../../engine/actions/offer-plugins.ts";
import type { Api } from "../../engine/api/app.ts";
import { createServer } from "../../engine/api/create-server.ts";
import { insertToken, type Role } from "../../engine/store/tokens.ts";
import { runWorker } from "../../engine/worker/run-worker.ts";
import { createTestDatabase, serviceAddress, type TestDatabase } from "./database.ts";
import type { Account } from "./keystone.ts";
import { applyText } from "./programs.ts";
import { newTemporalNamespace } from "./temporal-namespace.ts";

const cloud = fileURLToPath(new URL("../../plugins/openstack_test", import.meta.url));

/** A server on a database of its own with the fake cloud, asked over HTTP. */
export interface SenlinApi {
  readonly db: TestDatabase;
  readonly app: Api;
  readonly access: Access;
  /** `http://127.0.0.1:12345` */
  readonly url: string;
  readonly accounts: Readonly<Record<string, Account>>;
  /** Asks as somebody; `null` for an answer without a body. */
  ask(request: Asked): Promise<Answered>;
  stop(): Promise<void>;
}

export interface Asked {
  readonly method?: string;
  readonly path: string;
  readonly body?: unknown;
  readonly as?: string;
  /** `1.14` when left out. */
  readonly version?: string;
  readonly headers?: Readonly<Record<string, string>>;
}

export interface Answered {
  readonly status: number;
  readonly headers: Headers;
  // biome-ignore lint/suspicious/noExplicitAny: parsed JSON that each test looks into
  readonly json: any;
}

/** `reader` is in the project of `member`, the others in projects of their own. */
const people: readonly [name: string, project: string, role: Role][] = [
  ["member", "project-of-member", "member"],
  ["reader", "project-of-member", "reader"],
  ["other", "project-of-other", "member"],
  ["admin", "project-of-admin", "admin"],
];

/** Starts it; with a worker on the run's Temporal, actions go to their ends. */
export async function startSenlinApi(q: { worker: boolean; unsignedWebhooks?: boolean }): Promise<SenlinApi> {
  const db = await createTestDatabase();
  const accounts: Record<string, Account> = {};
  for (const [user, project, role] of people) {
    const token = `token-of-${user}-that-nobody-guesses`;
    await insertToken(db.pool, { token, projectId: project, userId: `user-${user}`, role });
    accounts[user] = { token, project, user: `user-${user}` };
  }
  const logger = pino({ level: "silent" });
  await offerStandIn({ pool: db.pool, logger, path: cloud });
  const access = await createAccess({ ...localAccess, pool: db.pool, logger });
  const app = await createServer({
    pool: db.pool,
    access,
    logger,
    unsignedWebhooks: q.unsignedWebhooks ?? false,
  });
  await app.listen({ host: "127.0.0.1", port: 0 });
  const url = `http://127.0.0.1:${(app.server.address() as AddressInfo).port}`;
  const stopWorker = q.worker ? await startWorker(db) : async () => {};
  return {
    db,
    app,
    access,
    url,
    accounts,
    async ask({ method = "GET", path, body, as = "member", version = "1.14", headers = {} }) {
      const response = await fetch(`${url}${path}`, {
        method,
        headers: {
          "X-Auth-Token": accounts[as]?.token ?? "",
          "OpenStack-API-Version": `clustering ${version}`,
          ...(body !== undefined && { "Content-Type": "application/json" }),
          ...headers,
        },
        ...(body !== undefined && { body: JSON.stringify(body) }),
      });
      const text = await response.text();
      const isJson = response.headers.get("content-type")?.startsWith("application/json") === true;
      return { status: response.status, headers: response.headers, json: isJson ? JSON.parse(text) : text };
    },
    async stop() {
      await stopWorker();
      await app.close();
      await access.close();
      await db.drop();
    },
  };
}

async function startWorker(db: TestDatabase): Promise<() => Promise<void>> {
  const stopping = new AbortController();
  const logger = pino({ level: "error" });
  const temporalAddress = await serviceAddress("temporal");
  const namespace = await newTemporalNamespace(); // two test files at once would take each other's tasks
  const settings = { databaseUrl: db.url, temporalAddress, namespace, logger };
  const ready = Promise.withResolvers<void>();
  const running = runWorker(settings, stopping.signal, ready.resolve);
  running.catch(ready.reject);
  await ready.promise;
  return async () => {
    stopping.abort();
    await running;
  };
}

/** Applies a program of the user member's that works on the fake cloud, as `cloud`; `declarations` follow its plugin. */
export async function applyOnCloud(api: SenlinApi, declarations: string, more: { path?: string } = {}) {
  const { rows } = await api.db.pool.query("select hash from plugin where name = 'openstack_test'");
  const text = `plugin cloud from "./cloud" {\n  allow state\n}\n${declarations}`;
  const plugins = { "./cloud": rows[0].hash };
  return applyText(api.db.pool, text, {
    projectId: "project-of-member",
    userId: "user-member",
    plugins,
    ...more,
  });
}
