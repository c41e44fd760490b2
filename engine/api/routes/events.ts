import { Type } from "typebox";
import { listEvents } from "../../store/list-events.ts";
import type { Api } from "../app.ts";
import { EventBody, toEventBody } from "../bodies/event.ts";
import { Id, pageQuery, refusals } from "../bodies/schemas.ts";
import type { ApiContext } from "../context.ts";

/**
 * `GET /v1/events?action_id&cluster_id&after&limit`: in order; those after the event `after`, or the newest ones
 * without it.
 */
export function getEvents(app: Api, context: ApiContext): void {
  const querystring = Type.Object({
    limit: pageQuery.limit,
    after: Type.Optional(Type.String({ pattern: "^[0-9]{1,18}$" })),
    action_id: Type.Optional(Id),
    cluster_id: Type.Optional(Id),
  });
  const response = { 200: Type.Object({ events: Type.Array(EventBody) }), ...refusals };
  app.get(
    "/events",
    { schema: { summary: "List events", querystring, response } },
    async ({ query, caller }) => {
      const { limit = 100, after = null, action_id: actionId = null, cluster_id: clusterId = null } = query;
      const rows = await listEvents(context.pool, {
        projectId: caller.projectId,
        actionId,
        clusterId,
        after,
        limit,
      });
      return { events: rows.map(toEventBody) };
    },
  );
}
