import { Type } from "typebox";
import { listServices } from "../../store/services.ts";
import type { Api } from "../app.ts";
import { Id, nullable, refusals } from "../bodies/schemas.ts";
import type { ApiContext } from "../context.ts";

const Service = Type.Object({
  id: Id,
  host: Type.String(),
  binary: Type.String(),
  topic: Type.String(),
  disabled_reason: nullable(Type.String()),
  status: Type.String({ description: "enabled or disabled" }),
  state: Type.String({ description: "up, or down when it wasn't heard of lately" }),
  updated_at: Type.String(),
});

/** `GET /v1/services`: the processes of the API and of workers, for administrators; senlin: `api.md` §16. */
export function getServices(app: Api, context: ApiContext): void {
  const response = { 200: Type.Object({ services: Type.Array(Service) }), ...refusals };
  const schema = { summary: "List the engine's processes", response };
  app.get("/services", { schema, config: { rule: "services:index" } }, async () => {
    const rows = await listServices(context.pool, { downAfterSeconds: context.serviceDownSeconds });
    return {
      services: rows.map((row) => ({
        id: row.id,
        host: row.host,
        binary: row.binary,
        topic: row.topic,
        disabled_reason: row.disabled_reason,
        status: row.disabled ? "disabled" : "enabled",
        state: row.up ? "up" : "down",
        updated_at: row.updated_at.toISOString().slice(0, 19),
      })),
    };
  });
}
