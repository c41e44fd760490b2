import { Type } from "typebox";
import { listQuotaUse, type QuotaUse } from "../../actions/quotas.ts";
import { inTransaction } from "../../store/pool.ts";
import { deleteQuotas, putQuota, quotaResources, quotasByUser } from "../../store/quotas.ts";
import { ApiError } from "../api-error.ts";
import type { Api } from "../app.ts";
import { nullable, refusals } from "../bodies/schemas.ts";
import type { ApiContext } from "../context.ts";

const QuotaBody = Type.Object({
  project: Type.String(),
  user: Type.String(),
  limits: Type.Array(
    Type.Object({
      resource: Type.String(),
      limit: nullable(Type.Integer({ description: "null: none" })),
      used: nullable(Type.Integer({ description: "null: of a rate" })),
      from: Type.String({ description: "configuration, project or user: who set it" }),
    }),
  ),
});
const one = Type.Object({ quota: QuotaBody });
const params = Type.Object({ project: Type.String({ minLength: 1, maxLength: 255 }) });
const querystring = Type.Object({ user: Type.Optional(Type.String({ minLength: 1, maxLength: 255 })) });
const limits = Type.Partial(
  Type.Object(
    Object.fromEntries(
      quotaResources.map((name) => [name, Type.Integer({ minimum: -1, maximum: 2 ** 31 - 1 })]),
    ) as Record<(typeof quotaResources)[number], ReturnType<typeof Type.Integer>>,
    { additionalProperties: false },
  ),
);

function toBody(project: string, user: string, uses: readonly QuotaUse[]) {
  return { quota: { project, user, limits: uses.map((use) => ({ ...use })) } };
}

/** `GET /v1/quotas`: the own project's limits, as they hold for the caller, and what is used of them. */
export function getQuotas(app: Api, context: ApiContext): void {
  const schema = { summary: "Show limits", response: { 200: one, ...refusals } };
  app.get("/quotas", { schema, config: { rule: "quotas:get" } }, async ({ caller }) => {
    const { projectId, userId } = caller;
    return toBody(projectId, userId, await listQuotaUse(context.pool, { projectId, userId }));
  });
}

/** `GET /v1/quotas/{project}?user=`: any project's, for administrators. */
export function getProjectQuotas(app: Api, context: ApiContext): void {
  const schema = {
    summary: "Show a project's limits",
    params,
    querystring,
    response: { 200: one, ...refusals },
  };
  app.get(
    "/quotas/:project",
    { schema, config: { rule: "quotas:index" } },
    async ({ params: { project }, query }) => {
      const userId = query.user ?? "";
      return toBody(project, userId, await listQuotaUse(context.pool, { projectId: project, userId }));
    },
  );
}

/**
 * `PUT /v1/quotas/{project}` `{"clusters": 20, "nodes": -1}`: limits of a project; -1: none. With `?user=` a user's part in it, of
 * what is counted by user; a manager of the project sets those, too. What is used already may be more: then nothing comes
 * to it.
 */
export function putQuotas(app: Api, context: ApiContext): void {
  const response = { 200: one, ...refusals };
  const schema = { summary: "Set a project's limits", params, querystring, body: limits, response };
  app.put("/quotas/:project", { schema, config: { rule: "quotas:update_user" } }, async (request) => {
    const { caller } = request;
    const { project } = request.params;
    const userId = request.query.user ?? "";
    if (userId === "") context.access.check("quotas:update", caller);
    else context.access.check("quotas:update_user", caller, { projectId: project });
    const asked = quotaResources.flatMap((resource) => {
      const amount = request.body[resource];
      return amount === undefined ? [] : [{ resource, amount }];
    });
    const known = userId === "" ? quotaResources : quotasByUser;
    const [unknown] = asked.filter(({ resource }) => !known.includes(resource));
    if (asked.length === 0 || unknown !== undefined) {
      const what = unknown === undefined ? "" : `${unknown.resource} is the whole project's; `;
      throw new ApiError(400, `${what}name at least one of: ${known.join(", ")}`);
    }
    await inTransaction(context.pool, async (db) => {
      for (const { resource, amount } of asked) {
        const row = { project_id: project, user_id: userId, resource, amount };
        await putQuota(db, { ...row, updatedBy: caller.userId });
      }
    });
    return toBody(project, userId, await listQuotaUse(context.pool, { projectId: project, userId }));
  });
}

/** `DELETE /v1/quotas/{project}`: 204; the configuration's limits hold again. */
export function removeQuotas(app: Api, context: ApiContext): void {
  const schema = { summary: "Set limits back", params, response: { 204: Type.Null(), ...refusals } };
  app.delete("/quotas/:project", { schema, config: { rule: "quotas:delete" } }, async (request, reply) => {
    await deleteQuotas(context.pool, { projectId: request.params.project });
    return reply.code(204).send(null);
  });
}
