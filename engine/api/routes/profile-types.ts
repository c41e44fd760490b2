import { Type } from "typebox";
import { offeredTypes } from "../../actions/provided-types.ts";
import { senlinOperations } from "../../specs/senlin-schema.ts";
import { ApiError } from "../api-error.ts";
import type { Api } from "../app.ts";
import { JsonRecord, refusals } from "../bodies/schemas.ts";
import { byName, SpecTypeDetail, SpecTypeItem, toTypeDetail, toTypeItem } from "../bodies/spec-type.ts";
import type { ApiContext } from "../context.ts";
import { objectNotFound } from "../find-object.ts";

const params = Type.Object({ type: Type.String() });

/** `GET /v1/profile-types`: what the plugins that servers offer provide under a public name; senlin: `api.md` §6. */
export function getProfileTypes(app: Api, context: ApiContext): void {
  const response = { 200: Type.Object({ profile_types: Type.Array(SpecTypeItem) }), ...refusals };
  const schema = { summary: "List profile types", response };
  app.get("/profile-types", { schema, config: { rule: "profile_types:index" } }, async ({ microversion }) => {
    const types = byName(await offeredTypes(context.pool));
    return { profile_types: types.map(([name, { type }]) => toTypeItem(name, type, microversion)) };
  });
}

/** `GET /v1/profile-types/{type}`: its properties. */
export function getProfileType(app: Api, context: ApiContext): void {
  const response = { 200: Type.Object({ profile_type: SpecTypeDetail }), ...refusals };
  const schema = { summary: "Show a profile type", params, response };
  app.get("/profile-types/:type", { schema, config: { rule: "profile_types:get" } }, async (request) => {
    const { type: name } = request.params;
    const found = (await offeredTypes(context.pool)).get(name);
    if (found === undefined) throw objectNotFound("profile_type", name);
    return { profile_type: toTypeDetail(name, found.type, request.microversion) };
  });
}

/** `GET /v1/profile-types/{type}/ops`: what can be done with its nodes beside their life cycle. 400 for an unknown type. */
export function getProfileTypeOperations(app: Api, context: ApiContext): void {
  const response = { 200: Type.Object({ operations: JsonRecord }), ...refusals };
  const schema = { summary: "List a profile type's operations", params, response };
  const config = { rule: "profile_types:ops", since: 4 } as const;
  app.get("/profile-types/:type/ops", { schema, config }, async ({ params: { type: name } }) => {
    const found = (await offeredTypes(context.pool)).get(name);
    if (found === undefined)
      throw new ApiError(400, `The profile_type '${name}' could not be found.`, { type: "BadRequest" });
    return { operations: senlinOperations(found.type) };
  });
}
