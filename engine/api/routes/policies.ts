import type { FastifyRequest } from "fastify";
import { Type } from "typebox";
import { checkPolicySpec, createPolicy } from "../../actions/create-policy.ts";
import { hookQueue } from "../../specs/policy-meaning.ts";
import { deleteUnused } from "../../store/delete-unused.ts";
import { listRows } from "../../store/list-rows.ts";
import { listedPolicies, type PolicyRow, renamePolicy } from "../../store/policies.ts";
import { ApiError } from "../api-error.ts";
import type { Api } from "../app.ts";
import { PolicyBody, toPolicyBody } from "../bodies/policy.ts";
import { refusals } from "../bodies/schemas.ts";
import type { ApiContext } from "../context.ts";
import { findObject, objectNotFound } from "../find-object.ts";
import { type ListContract, readListQuery } from "../list-query.ts";
import { newest } from "../microversion.ts";
import { nothingToUpdate } from "../nothing-to-update.ts";
import { scopeOf } from "../scope.ts";
import { mapField, nameField } from "../senlin-body/fields.ts";
import { bodySchema, readWrapped } from "../senlin-body/read-body.ts";

const one = Type.Object({ policy: PolicyBody });
const params = Type.Object({ policy: Type.String() });
const listed: ListContract = {
  kind: listedPolicies,
  defaultSort: "created_at",
  filters: { name: {}, type: {}, program: { since: newest } },
};

/** The policy that a path names, by id, name or the beginning of its id. */
function find(context: ApiContext, request: FastifyRequest<{ Params: { policy: string } }>) {
  const q = { scope: scopeOf(request), identity: request.params.policy, kind: "policy" };
  return findObject<PolicyRow>(context.pool, listedPolicies, q);
}

/** `GET /v1/policies`: filters `name`, `type`, from 1.15 on `program`; senlin: `api.md` §9. Programs' own are among them. */
export function getPolicies(app: Api, context: ApiContext): void {
  const response = { 200: Type.Object({ policies: Type.Array(PolicyBody) }), ...refusals };
  const schema = { summary: "List policies", response };
  app.get("/policies", { schema, config: { rule: "policies:index" } }, async (request) => {
    const rows = await listRows<PolicyRow>(context.pool, listedPolicies, readListQuery(request, listed));
    return { policies: rows.map((row) => toPolicyBody(row, "read")) };
  });
}

const newPolicy = {
  name: { field: nameField, required: true },
  spec: { field: mapField, required: true },
} as const;

/** `POST /v1/policies`: 201. 404 for an unknown type, 400 for a spec that its type refuses (Senlin: 500). */
export function postPolicy(app: Api, context: ApiContext): void {
  const body = bodySchema("policy", newPolicy);
  const schema = { summary: "Create a policy", body, response: { 201: one, ...refusals } };
  app.post("/policies", { schema, config: { rule: "policies:create" } }, async (request, reply) => {
    const { name, spec } = readWrapped(request, { wrapper: "policy", fields: newPolicy });
    const { caller } = request;
    const { limits, questions } = context;
    if (hookQueue(spec) !== null) await context.access.delegate(caller); // it is told in the user's name
    const row = await createPolicy(context.pool, { caller, name, spec, limits, questions });
    return reply.code(201).send({ policy: toPolicyBody(row, "made") });
  });
}

/** `GET /v1/policies/{id, name or short id}`. */
export function getPolicy(app: Api, context: ApiContext): void {
  const schema = { summary: "Show a policy", params, response: { 200: one, ...refusals } };
  app.get("/policies/:policy", { schema, config: { rule: "policies:get" } }, async (request) => {
    return { policy: toPolicyBody(await find(context, request), "read") };
  });
}

const changes = { name: { field: nameField, required: true } } as const;

/** `PATCH /v1/policies/{id}`: its name alone; a spec never changes. */
export function patchPolicy(app: Api, context: ApiContext): void {
  const body = bodySchema("policy", changes);
  const schema = { summary: "Rename a policy", params, body, response: { 200: one, ...refusals } };
  app.patch("/policies/:policy", { schema, config: { rule: "policies:update" } }, async (request) => {
    const { name } = readWrapped(request, { wrapper: "policy", fields: changes, changes: true });
    const identity = request.params.policy;
    const found = await find(context, request);
    expectNoProgram(found);
    if (name === found.name) throw nothingToUpdate();
    const row = await renamePolicy(context.pool, { projectId: found.project_id, id: found.id, name });
    if (row === null) throw objectNotFound("policy", identity);
    return { policy: toPolicyBody(row, "made") };
  });
}

/** `DELETE /v1/policies/{id}`: 204; 409 while a cluster has it. */
export function removePolicy(app: Api, context: ApiContext): void {
  const schema = { summary: "Delete a policy", params, response: { 204: Type.Null(), ...refusals } };
  app.delete("/policies/:policy", { schema, config: { rule: "policies:delete" } }, async (request, reply) => {
    const identity = request.params.policy;
    const found = await find(context, request);
    expectNoProgram(found);
    const where = { projectId: found.project_id, id: found.id };
    const done = await deleteUnused(context.pool, { kind: "policy", ...where });
    if (done === "gone") throw objectNotFound("policy", identity);
    if (done === "in-use") {
      throw new ApiError(
        409,
        `The policy '${identity}' cannot be deleted: still attached to some clusters.`,
        { type: "ResourceInUse" },
      );
    }
    return reply.code(204).send(null);
  });
}

/** What a program declares changes with the program. */
function expectNoProgram({ name, program }: PolicyRow): void {
  if (program === null) return;
  throw new ApiError(409, `The policy '${name}' belongs to program "${program}".`, {
    type: "policy-of-program",
    help: "change the program and apply it",
  });
}

const onlySpec = { spec: { field: mapField, required: true } } as const;

/** `POST /v1/policies/validate`: what `POST /v1/policies` would say of a spec; nothing is kept. */
export function validatePolicy(app: Api, context: ApiContext): void {
  const body = bodySchema("policy", onlySpec);
  const schema = { summary: "Validate a policy's spec", body, response: { 200: one, ...refusals } };
  const config = { rule: "policies:validate", since: 2 } as const;
  app.post("/policies/validate", { schema, config }, async (request) => {
    const { spec } = readWrapped(request, { wrapper: "policy", fields: onlySpec });
    const { caller } = request;
    const checked = checkPolicySpec(spec, context.limits);
    return {
      policy: {
        id: null,
        name: "validated_policy",
        type: checked.name,
        spec: { ...spec },
        data: {},
        user: caller.userId,
        project: caller.projectId,
        domain: caller.domainId,
        created_at: null,
        updated_at: null,
      },
    };
  });
}
