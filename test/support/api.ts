import type { InjectOptions } from "fastify";
import pino from "pino";
import { createAccess, localAccess } from "../../engine/access/create-access.ts";
import type { Api } from "../../engine/api/app.ts";
import { createServer } from "../../engine/api/create-server.ts";
import { insertToken, type Role } from "../../engine/store/tokens.ts";
import { createTestDatabase, type TestDatabase } from "./database.ts";
import { fakeHash, programText, uploadFake } from "./programs.ts";

/** A server on a database of its own, with tokens `ann` (member), `rea` (reader) and `eve` (member of another project). */
export interface TestApi {
  readonly db: TestDatabase;
  readonly app: Api;
  readonly lines: string[];
  /** `GET /v1/clusters/:cluster`, of every route that the server has. */
  readonly routes: readonly string[];
  call(
    method: "GET" | "POST" | "PUT" | "PATCH" | "DELETE",
    url: string,
    body?: object,
    token?: string,
  ): ReturnType<typeof answerOf>;
  stop(): Promise<void>;
}

export async function startTestApi(): Promise<TestApi> {
  const db = await createTestDatabase();
  await uploadFake(db.pool);
  const people: [string, string, Role][] = [
    ["ann", "default", "member"],
    ["rea", "default", "reader"],
    ["eve", "other", "member"],
  ];
  for (const [userId, projectId, role] of people)
    await insertToken(db.pool, { token: tokenOf(userId), projectId, userId, role });
  const lines: string[] = [];
  const logger = pino({ level: "info" }, { write: (line: string) => void lines.push(line) });
  const access = await createAccess({ ...localAccess, pool: db.pool, logger });
  const routes: string[] = [];
  const app = await createServer({
    pool: db.pool,
    access,
    logger,
    onRoute: ({ method, url }) => void routes.push(...[method].flat().map((each) => `${each} ${url}`)),
  });
  return {
    db,
    app,
    lines,
    routes,
    call: (method, url, body, token = tokenOf("ann")) =>
      answerOf(app, {
        method,
        url,
        headers: { "x-auth-token": token, "openstack-api-version": "clustering latest" },
        ...(body && { payload: body }),
      }),
    async stop() {
      await app.close();
      await access.close();
      await db.drop();
    },
  };
}

async function answerOf(app: Api, request: InjectOptions) {
  const { statusCode, headers, body } = await app.inject(request);
  return { status: statusCode, headers, json: body === "" ? null : JSON.parse(body) };
}

export const tokenOf = (user: string) => `token-of-${user}-that-nobody-guesses`;

/** A body for the program routes. */
export const programBody = (text = programText(), more: object = {}) => {
  return { path: "shop.coppice", text, plugins: { "./fake": fakeHash }, ...more };
};
