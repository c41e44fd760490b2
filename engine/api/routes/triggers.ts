import { randomUUID } from "node:crypto";
import pLimit from "p-limit";
import { Type } from "typebox";
import { fireTrigger } from "../../actions/fire-trigger.ts";
import { Refusal } from "../../actions/refusal.ts";
import { findTrigger, listTriggers, pauseTrigger, type TriggerRow } from "../../store/triggers.ts";
import { nextTimes, scheduleIdOf } from "../../temporal/schedules.ts";
import { notFound } from "../api-error.ts";
import type { Api } from "../app.ts";
import { ActionBody, toActionBody } from "../bodies/action.ts";
import { pageQuery, refusals } from "../bodies/schemas.ts";
import { TriggerBody, toTriggerBody } from "../bodies/trigger.ts";
import type { ApiContext } from "../context.ts";

const params = Type.Object({ program: Type.String(), trigger: Type.String() });
const one = { 200: Type.Object({ trigger: TriggerBody }), ...refusals };

/** `GET /v1/triggers?program&limit&marker`: what starts by itself, by program and name. The marker is an id. */
export function getTriggers(app: Api, context: ApiContext): void {
  const querystring = Type.Object({ ...pageQuery, program: Type.Optional(Type.String()) });
  const response = { 200: Type.Object({ triggers: Type.Array(TriggerBody) }), ...refusals };
  const schema = { summary: "List schedules and listeners", querystring, response };
  app.get("/triggers", { schema, config: { rule: "schedules:index" } }, async ({ query, caller }) => {
    const { limit = 100, marker = null, program = null } = query;
    const rows = await listTriggers(context.pool, { projectId: caller.projectId, program, limit, marker });
    const atOnce = pLimit(8);
    const next = await Promise.all(rows.map((row) => atOnce(() => nextOf(row, context))));
    return { triggers: rows.map((row, i) => toTriggerBody(row, next[i] ?? [])) };
  });
}

/** `GET /v1/triggers/{program}/{name}`: 404 for an unknown one. */
export function getTrigger(app: Api, context: ApiContext): void {
  const schema = { summary: "Show a schedule or listener", params, response: one };
  app.get(
    "/triggers/:program/:trigger",
    { schema, config: { rule: "schedules:get" } },
    async ({ params: named, caller }) => {
      const row = await find(context, caller.projectId, named);
      return { trigger: toTriggerBody(row, await nextOf(row, context)) };
    },
  );
}

/** `POST /v1/triggers/{program}/{name}/pause`: it starts nothing until it is resumed, also after another apply. */
export function pause(app: Api, context: ApiContext): void {
  setPaused(app, context, "pause", true);
}

/** `POST /v1/triggers/{program}/{name}/resume`: what was missed meanwhile is not made up for. */
export function resume(app: Api, context: ApiContext): void {
  setPaused(app, context, "resume", false);
}

function setPaused(app: Api, context: ApiContext, word: "pause" | "resume", paused: boolean): void {
  const schema = { summary: `${word === "pause" ? "Pause" : "Resume"} a trigger`, params, response: one };
  app.post(
    `/triggers/:program/:trigger/${word}`,
    { schema, config: { rule: "schedules:update" } },
    async ({ params: named, caller }) => {
      const row = await find(context, caller.projectId, named);
      await pauseTrigger(context.pool, { id: row.id, paused });
      const now = { ...row, paused };
      return { trigger: toTriggerBody(now, await nextOf(now, context)) };
    },
  );
}

/**
 * `POST /v1/triggers/{program}/{name}/fire`: 202 with the action, which starts now, whatever the schedule says and also while it
 * is paused. `request_key` makes a repeat return the first one. 400 for a listener: it starts by an event.
 */
export function fire(app: Api, context: ApiContext): void {
  const body = Type.Optional(
    Type.Object(
      { request_key: Type.Optional(Type.String({ minLength: 1, maxLength: 200 })) },
      { additionalProperties: false },
    ),
  );
  const response = { 202: Type.Object({ action: ActionBody }), ...refusals };
  const schema = { summary: "Start a schedule's action now", params, body, response };
  app.post(
    "/triggers/:program/:trigger/fire",
    { schema, config: { rule: "schedules:fire" } },
    async (request, reply) => {
      const { caller } = request;
      const row = await find(context, caller.projectId, request.params);
      if (row.spec.kind === "listener")
        throw new Refusal(
          "invalid",
          "not-a-schedule",
          `${row.name} is a listener: it starts by an event`,
          `send it one: coppice events send ${row.source}.${row.event}`,
        );
      const fired = await fireTrigger(context.pool, {
        triggerId: row.id,
        requestKey: `fire ${row.id} ${request.body?.request_key ?? randomUUID()}`,
        inputs: {},
        depth: 0,
        requestedBy: caller.userId,
      });
      if (fired.action === null) throw new Refusal("conflict", "not-started", fired.note);
      return reply.code(202).send({ action: toActionBody(fired.action, context) });
    },
  );
}

async function find(
  context: ApiContext,
  projectId: string,
  q: { program: string; trigger: string },
): Promise<TriggerRow> {
  const row = await findTrigger(context.pool, { projectId, program: q.program, name: q.trigger });
  if (row === null) throw notFound("trigger", q.trigger);
  return row;
}

/** Nothing when Temporal is away: the rest is known without it. */
async function nextOf(row: TriggerRow, { temporal }: ApiContext): Promise<readonly Date[]> {
  if (temporal === null || row.spec.kind !== "schedule" || row.paused || row.ended) return [];
  const { client } = temporal;
  try {
    return (await client.withDeadline(Date.now() + 2_000, () => nextTimes(client, scheduleIdOf(row)))) ?? [];
  } catch {
    return [];
  }
}
