import type { Json } from "../../grammar/plan.ts";
import {
  policyArguments,
  type PolicyLimits,
  policyFormProblem,
  policyProblem,
} from "../specs/policy-meaning.ts";
import { ownPolicyTypes, policyTypes } from "../specs/policy-types.ts";
import { readSpec, specNameOf } from "../specs/read-spec.ts";
import { newId } from "../store/new-id.ts";
import { insertPolicy, type PolicyRow } from "../store/policies.ts";
import type { Queryable } from "../store/pool.ts";
import type { PluginQuestions } from "./ask-plugins.ts";
import type { Maker } from "./create-profile.ts";
import { missingPlaces } from "./missing-places.ts";
import { Refusal } from "./refusal.ts";
import { withFreeName } from "./with-free-name.ts";

export interface CheckedPolicy {
  /** `senlin.policy.scaling-1.0` */
  readonly name: string;
  /** `senlin.policy.scaling` */
  readonly type: string;
  /** Its name among the library's policies. */
  readonly definition: string;
  /** With defaults. */
  readonly properties: Readonly<Record<string, Json>>;
}

/** Checks a policy's spec, by types and by meaning. Where Senlin fails with 500 for a user's mistake, it is `invalid` here. */
export function checkPolicySpec(spec: Readonly<Record<string, Json>>, limits: PolicyLimits): CheckedPolicy {
  const named = specNameOf(spec);
  if (!named.ok) throw new Refusal("invalid", "ESchema", named.message);
  const type = policyTypes.get(named.name) ?? ownPolicyTypes.get(named.name);
  if (type === undefined)
    throw new Refusal("not-found", "ResourceNotFound", `The policy_type '${named.name}' could not be found.`);
  const read = readSpec("policy", type.properties, spec);
  if (!read.ok) throw new Refusal("invalid", "ESchema", read.message);
  const malformed = policyFormProblem(type.type, read.properties);
  if (malformed !== null) throw new Refusal("invalid", "ESchema", malformed);
  const problem = policyProblem(type.type, read.properties, limits);
  if (problem !== null) throw new Refusal("invalid", "InvalidSpec", problem);
  return {
    name: named.name,
    type: type.type,
    definition: libraryName(type.type),
    properties: read.properties,
  };
}

/** The library's policy behind a type: `senlin_scaling` for `senlin.policy.scaling`, ours by their own names. */
function libraryName(type: string): string {
  const name = type.slice(type.lastIndexOf(".") + 1);
  return type.startsWith("senlin.") ? `senlin_${name}` : name;
}

/** Makes a policy of a spec, once the cloud is known to have the places that it names. */
export async function createPolicy(
  db: Queryable,
  q: {
    readonly caller: Maker;
    readonly name: string;
    readonly spec: Readonly<Record<string, Json>>;
    readonly limits: PolicyLimits;
    readonly questions: PluginQuestions;
  },
): Promise<PolicyRow> {
  const { name, type, definition, properties } = checkPolicySpec(q.spec, q.limits);
  const { projectId } = q.caller;
  const missing = await missingPlaces(db, { type, properties, projectId, questions: q.questions });
  if (missing !== null) throw new Refusal("invalid", "InvalidSpec", missing);
  const { userId, domainId } = q.caller;
  return await withFreeName(db, { kind: "policy", projectId, name: q.name }, (within) =>
    insertPolicy(within, {
      id: newId(),
      projectId,
      userId,
      domainId,
      name: q.name,
      type: name,
      spec: q.spec,
      definition,
      arguments: policyArguments(type, properties),
    }),
  );
}
