import { Type } from "typebox";
import type { Json } from "../../../grammar/plan.ts";
import { takeEvent } from "../../actions/take-event.ts";
import type { Api } from "../app.ts";
import { JsonRecord, refusals } from "../bodies/schemas.ts";
import type { ApiContext } from "../context.ts";

/**
 * `POST /v1/plugin-events` with `{"plugin": "nova", "event": "instance_deleted", "fields": {"server": "…"}}`: something
 * happened outside. 202 with the number of the project's listeners; their actions start soon after. `key` makes a repeat
 * harmless for a day. 400 for fields that the plugin's manifest doesn't say, 404 for an unknown plugin or event.
 */
export function postPluginEvent(app: Api, context: ApiContext): void {
  const body = Type.Object(
    {
      plugin: Type.String({ minLength: 1, maxLength: 100 }),
      event: Type.String({ minLength: 1, maxLength: 100 }),
      fields: Type.Optional(JsonRecord),
      key: Type.Optional(Type.String({ minLength: 1, maxLength: 255 })),
    },
    { additionalProperties: false },
  );
  const response = { 202: Type.Object({ listeners: Type.Integer() }), ...refusals };
  const schema = { summary: "Tell of an event", body, response };
  app.post(
    "/plugin-events",
    { schema, config: { rule: "plugins:send_event" } },
    async ({ body: sent, caller }, reply) => {
      const { plugin, event, key = null } = sent;
      const fields = (sent.fields ?? {}) as Readonly<Record<string, Json>>; // a parsed JSON body
      const taken = await takeEvent(context.pool, {
        projectId: caller.projectId,
        plugin,
        event,
        fields,
        key,
      });
      return reply.code(202).send(taken);
    },
  );
}
