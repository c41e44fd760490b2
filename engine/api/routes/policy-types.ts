import { Type } from "typebox";
import { ownPolicyTypes, policyTypes } from "../../specs/policy-types.ts";
import type { SpecType } from "../../specs/spec-type.ts";
import type { Api } from "../app.ts";
import { refusals } from "../bodies/schemas.ts";
import { byName, SpecTypeDetail, SpecTypeItem, toTypeDetail, toTypeItem } from "../bodies/spec-type.ts";
import { objectNotFound } from "../find-object.ts";
import { type Microversion, senlinsLast } from "../microversion.ts";

function typesAt(microversion: Microversion): ReadonlyMap<string, SpecType> {
  return microversion > senlinsLast ? new Map([...policyTypes, ...ownPolicyTypes]) : policyTypes;
}

/** `GET /v1/policy-types`: those of the library, from 1.15 on ours as well; senlin: `api.md` §7. */
export function getPolicyTypes(app: Api): void {
  const response = { 200: Type.Object({ policy_types: Type.Array(SpecTypeItem) }), ...refusals };
  const schema = { summary: "List policy types", response };
  app.get("/policy-types", { schema, config: { rule: "policy_types:index" } }, async ({ microversion }) => {
    return {
      policy_types: byName(typesAt(microversion)).map(([name, type]) => toTypeItem(name, type, microversion)),
    };
  });
}

/** `GET /v1/policy-types/{type}`: its properties. */
export function getPolicyType(app: Api): void {
  const params = Type.Object({ type: Type.String() });
  const response = { 200: Type.Object({ policy_type: SpecTypeDetail }), ...refusals };
  const schema = { summary: "Show a policy type", params, response };
  app.get("/policy-types/:type", { schema, config: { rule: "policy_types:get" } }, async (request) => {
    const { type: name } = request.params;
    const found = typesAt(request.microversion).get(name);
    if (found === undefined) throw objectNotFound("policy_type", name);
    return { policy_type: toTypeDetail(name, found, request.microversion) };
  });
}
