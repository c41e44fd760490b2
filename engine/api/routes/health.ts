import { Type } from "typebox";
import { missingMigrations } from "../../store/migrate.ts";
import { isTemporalReachable } from "../../temporal/client.ts";
import type { Api } from "../app.ts";
import { nullable } from "../bodies/schemas.ts";
import type { ApiContext } from "../context.ts";

const Ready = Type.Object({
  ready: Type.Boolean(),
  postgres: Type.String(),
  migrations: Type.String(),
  temporal: nullable(Type.String()),
});

/** `GET /healthz`: 200 while the process answers. No token needed. */
export function healthz(app: Api): void {
  const response = { 200: Type.Object({ alive: Type.Boolean() }) };
  app.get("/healthz", { schema: { summary: "Whether the process is alive", response } }, async () => ({
    alive: true,
  }));
}

/**
 * `GET /readyz`: 200 when requests can be accepted, 503 otherwise, with what is missing. Temporal's state is told but
 * does not decide: requests wait for it. No token needed.
 */
export function readyz(app: Api, context: ApiContext): void {
  const schema = { summary: "Whether requests can be accepted", response: { 200: Ready, 503: Ready } };
  app.get("/readyz", { schema, logLevel: "warn" }, async (_request, reply) => {
    const [database, temporal] = await Promise.all([lookAtDatabase(context), lookAtTemporal(context)]);
    const ready = database.postgres === "reachable" && database.migrations === "up to date";
    return reply.code(ready ? 200 : 503).send({ ready, ...database, temporal });
  });
}

async function lookAtDatabase({ pool }: ApiContext): Promise<{ postgres: string; migrations: string }> {
  try {
    const missing = await missingMigrations(pool);
    return {
      postgres: "reachable",
      migrations: missing.length === 0 ? "up to date" : `missing: ${missing.join(", ")}`,
    };
  } catch {
    return { postgres: "unreachable", migrations: "unknown" };
  }
}

async function lookAtTemporal({ temporal }: ApiContext): Promise<string | null> {
  if (temporal === null) return null;
  return (await isTemporalReachable(temporal.client))
    ? "reachable"
    : "unreachable; requests are accepted and wait";
}
