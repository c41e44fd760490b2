import { Type } from "typebox";
import { listAudit } from "../../store/list-audit.ts";
import type { Api } from "../app.ts";
import { Id, nullable, pageQuery, refusals, Time } from "../bodies/schemas.ts";
import type { ApiContext } from "../context.ts";

const AuditBody = Type.Object({
  id: Type.String(),
  plugin: Type.String(),
  plugin_hash: Type.String(),
  action_id: nullable(Id),
  call_id: nullable(Type.String()),
  capability: Type.String(),
  target: Type.String(),
  outcome: Type.String({ description: "ok, refused or failed" }),
  bytes_in: Type.Integer(),
  bytes_out: Type.Integer(),
  duration_ms: Type.Number(),
  created_at: Time,
});

/** `GET /v1/audit?plugin&action_id&outcome&marker&limit`: what plugins did outside for this project, newest first. */
export function getAudit(app: Api, context: ApiContext): void {
  const querystring = Type.Object({
    limit: pageQuery.limit,
    marker: Type.Optional(Type.String({ pattern: "^[0-9]{1,18}$" })),
    plugin: Type.Optional(Type.String()),
    action_id: Type.Optional(Id),
    outcome: Type.Optional(Type.Union([Type.Literal("ok"), Type.Literal("refused"), Type.Literal("failed")])),
  });
  const response = { 200: Type.Object({ audit: Type.Array(AuditBody) }), ...refusals };
  app.get(
    "/audit",
    {
      schema: { summary: "List calls of plugins", querystring, response },
      config: { rule: "plugins:audit" },
    },
    async ({ query, caller }) => {
      const { limit = 100, marker = null, plugin = null, outcome = null, action_id: actionId = null } = query;
      const rows = await listAudit(context.pool, {
        projectId: caller.projectId,
        plugin,
        actionId,
        outcome,
        marker,
        limit,
      });
      return { audit: rows.map((row) => ({ ...row, created_at: row.created_at.toISOString() })) };
    },
  );
}
