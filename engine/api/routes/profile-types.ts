import { Type } from "typebox";
import type { Json as JsonValue } from "../../../grammar/plan.ts";
import { offeredTypes } from "../../actions/provided-types.ts";
import {
  senlinOperations,
  senlinSchema,
  senlinSupportStatus,
  senlinTypeItem,
} from "../../specs/senlin-schema.ts";
import { type SpecType, specName } from "../../specs/spec-type.ts";
import { ApiError } from "../api-error.ts";
import type { Api } from "../app.ts";
import { JsonRecord, refusals } from "../bodies/schemas.ts";
import type { ApiContext } from "../context.ts";
import { objectNotFound } from "../find-object.ts";
import type { Microversion } from "../microversion.ts";

const item = Type.Object({
  name: Type.String(),
  version: Type.Optional(Type.String()),
  support_status: Type.Optional(JsonRecord),
});
const detail = Type.Object({
  name: Type.String(),
  schema: JsonRecord,
  support_status: Type.Optional(JsonRecord),
});
const params = Type.Object({ type: Type.String() });

/** One type in the lists of profile types and policy types: from 1.5 on with its version apart, and what supports it. */
export function toTypeItem(name: string, type: SpecType, microversion: Microversion) {
  if (microversion < 5) return { name };
  const version = type.versions.find((each) => specName(type.type, each) === name) ?? "";
  return senlinTypeItem(type, version) as { readonly [key: string]: JsonValue } & { readonly name: string };
}

/** One type with its properties. */
export function toTypeDetail(name: string, type: SpecType, microversion: Microversion) {
  return {
    name,
    schema: senlinSchema(type),
    ...(microversion >= 5 && { support_status: senlinSupportStatus(type) }),
  };
}

/** Names in the order of lists. */
export function byName<T>(types: ReadonlyMap<string, T>): (readonly [string, T])[] {
  return [...types].sort(([a], [b]) => (a < b ? -1 : 1));
}

/** `GET /v1/profile-types`: what the plugins that servers offer provide under a public name; senlin: `api.md` §6. */
export function getProfileTypes(app: Api, context: ApiContext): void {
  const response = { 200: Type.Object({ profile_types: Type.Array(item) }), ...refusals };
  const schema = { summary: "List profile types", response };
  app.get("/profile-types", { schema, config: { rule: "profile_types:index" } }, async ({ microversion }) => {
    const types = byName(await offeredTypes(context.pool));
    return { profile_types: types.map(([name, { type }]) => toTypeItem(name, type, microversion)) };
  });
}

/** `GET /v1/profile-types/{type}`: its properties. */
export function getProfileType(app: Api, context: ApiContext): void {
  const response = { 200: Type.Object({ profile_type: detail }), ...refusals };
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
