import { Type } from "typebox";
import { policyTypes } from "../../specs/policy-types.ts";
import type { Api } from "../app.ts";
import { JsonRecord, refusals } from "../bodies/schemas.ts";
import { objectNotFound } from "../find-object.ts";
import { byName, toTypeDetail, toTypeItem } from "./profile-types.ts";

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

/** `GET /v1/policy-types`: those of the library; senlin: `api.md` §7. */
export function getPolicyTypes(app: Api): void {
  const response = { 200: Type.Object({ policy_types: Type.Array(item) }), ...refusals };
  const schema = { summary: "List policy types", response };
  app.get("/policy-types", { schema, config: { rule: "policy_types:index" } }, async ({ microversion }) => {
    return { policy_types: byName(policyTypes).map(([name, type]) => toTypeItem(name, type, microversion)) };
  });
}

/** `GET /v1/policy-types/{type}`: its properties. */
export function getPolicyType(app: Api): void {
  const params = Type.Object({ type: Type.String() });
  const response = { 200: Type.Object({ policy_type: detail }), ...refusals };
  const schema = { summary: "Show a policy type", params, response };
  app.get("/policy-types/:type", { schema, config: { rule: "policy_types:get" } }, async (request) => {
    const { type: name } = request.params;
    const found = policyTypes.get(name);
    if (found === undefined) throw objectNotFound("policy_type", name);
    return { policy_type: toTypeDetail(name, found, request.microversion) };
  });
}
