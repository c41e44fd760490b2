import { Type } from "typebox";
import { answerApproval } from "../../actions/answer-approval.ts";
import { listApprovals } from "../../store/approvals.ts";
import { isId } from "../../store/new-id.ts";
import { notFound } from "../api-error.ts";
import type { Api } from "../app.ts";
import { ApprovalBody, toApprovalBody } from "../bodies/approval.ts";
import { Id, pageQuery, refusals } from "../bodies/schemas.ts";
import type { ApiContext } from "../context.ts";

/** `GET /v1/approvals?state&action_id&limit&marker`: questions that runs ask people, newest first. */
export function getApprovals(app: Api, context: ApiContext): void {
  const states = (["open", "granted", "refused", "absent"] as const).map((state) => Type.Literal(state));
  const querystring = Type.Object({
    limit: pageQuery.limit,
    marker: Type.Optional(Type.String({ pattern: "^[0-9]{1,18}$" })),
    state: Type.Optional(Type.Union(states)),
    action_id: Type.Optional(Id),
  });
  const response = { 200: Type.Object({ approvals: Type.Array(ApprovalBody) }), ...refusals };
  const schema = { summary: "List questions of runs", querystring, response };
  app.get("/approvals", { schema, config: { rule: "approvals:index" } }, async ({ query, caller }) => {
    const { limit = 100, marker = null, state = null, action_id: actionId = null } = query;
    const { projectId } = caller;
    const rows = await listApprovals(context.pool, { projectId, actionId, state, marker, limit });
    return { approvals: rows.map(toApprovalBody) };
  });
}

/**
 * `POST /v1/actions/{id}/answer` with `{"answer": "granted", "reason": "seen the tests"}`, or `"refused"`; `call_id` where a
 * run asks several things at once. 202: the run goes on soon after. The same answer again changes nothing; 409 when
 * it has been answered otherwise or its time was over, 403 without the role that the program names, 404 for an unknown one.
 */
export function postAnswer(app: Api, context: ApiContext): void {
  const params = Type.Object({ action: Type.String() });
  const body = Type.Object(
    {
      answer: Type.Union([Type.Literal("granted"), Type.Literal("refused")]),
      reason: Type.Optional(Type.String({ maxLength: 1000 })),
      call_id: Type.Optional(Type.String({ minLength: 1, maxLength: 255 })),
    },
    { additionalProperties: false },
  );
  const response = { 202: Type.Object({ approval: ApprovalBody }), ...refusals };
  const schema = { summary: "Answer a question of a run", params, body, response };
  app.post(
    "/actions/:action/answer",
    { schema, config: { rule: "approvals:answer" } },
    async ({ params: { action }, body, caller }, reply) => {
      if (!isId(action)) throw notFound("action", action);
      const { projectId, userId: by, roles } = caller;
      const { answer, reason = null, call_id: callId = null } = body;
      const asked = { projectId, actionId: action, callId, answer, reason, by, roles };
      const row = await answerApproval(context.pool, asked);
      return reply.code(202).send({ approval: toApprovalBody(row) });
    },
  );
}
