import type { FastifyRequest } from "fastify";
import { Type } from "typebox";
import type { Json as JsonValue } from "../../../grammar/plan.ts";
import { checkProfileSpec, createProfile, validatedProfile } from "../../actions/create-profile.ts";
import { deleteUnused } from "../../store/delete-unused.ts";
import { listRows } from "../../store/list-rows.ts";
import { listedProfiles, type ProfileDetail, updateProfile } from "../../store/profiles.ts";
import { ApiError } from "../api-error.ts";
import type { Api } from "../app.ts";
import { ProfileBody, toProfileBody } from "../bodies/profile.ts";
import { refusals } from "../bodies/schemas.ts";
import type { ApiContext } from "../context.ts";
import { findObject, objectNotFound } from "../find-object.ts";
import { type ListContract, readListQuery } from "../list-query.ts";
import { nothingToUpdate, sameMap } from "../nothing-to-update.ts";
import { scopeOf } from "../scope.ts";
import { mapField, nameField, nullable } from "../senlin-body/fields.ts";
import { bodySchema, readWrapped } from "../senlin-body/read-body.ts";

const one = Type.Object({ profile: ProfileBody });
const params = Type.Object({ profile: Type.String() });
const listed: ListContract = {
  kind: listedProfiles,
  defaultSort: "created_at",
  filters: { name: {}, type: {} },
};

/** The profile that a path names, by id, name or the beginning of its id. */
function find(context: ApiContext, request: FastifyRequest<{ Params: { profile: string } }>) {
  const q = { scope: scopeOf(request), identity: request.params.profile, kind: "profile" };
  return findObject<ProfileDetail>(context.pool, listedProfiles, q);
}

/** `GET /v1/profiles`: filters `name`, `type`; senlin: `api.md` §8. */
export function getProfiles(app: Api, context: ApiContext): void {
  const response = { 200: Type.Object({ profiles: Type.Array(ProfileBody) }), ...refusals };
  const schema = { summary: "List profiles", response };
  app.get("/profiles", { schema, config: { rule: "profiles:index" } }, async (request) => {
    const rows = await listRows<ProfileDetail>(context.pool, listedProfiles, readListQuery(request, listed));
    return { profiles: rows.map(toProfileBody) };
  });
}

const newProfile = {
  name: { field: nameField, required: true },
  spec: { field: mapField, required: true },
  metadata: { field: nullable(mapField) },
} as const;

/** `POST /v1/profiles`: 201. 404 for a type that no plugin provides, 400 for a spec that its type refuses. */
export function postProfile(app: Api, context: ApiContext): void {
  const body = bodySchema("profile", newProfile);
  const schema = { summary: "Create a profile", body, response: { 201: one, ...refusals } };
  app.post("/profiles", { schema, config: { rule: "profiles:create" } }, async (request, reply) => {
    const { name, spec, metadata } = readWrapped(request, { wrapper: "profile", fields: newProfile });
    const row = await createProfile(context.pool, {
      caller: request.caller,
      questions: context.questions,
      name,
      spec,
      metadata: metadata ?? {},
    });
    return reply.code(201).send({ profile: toProfileBody(row) });
  });
}

/** `GET /v1/profiles/{id, name or short id}`. */
export function getProfile(app: Api, context: ApiContext): void {
  const schema = { summary: "Show a profile", params, response: { 200: one, ...refusals } };
  app.get("/profiles/:profile", { schema, config: { rule: "profiles:get" } }, async (request) => {
    return { profile: toProfileBody(await find(context, request)) };
  });
}

const changes = {
  name: { field: nullable(nameField) },
  metadata: { field: nullable(mapField) },
} as const;

/** `PATCH /v1/profiles/{id}`: its name and metadata; a spec never changes. 400 when nothing would. */
export function patchProfile(app: Api, context: ApiContext): void {
  const body = bodySchema("profile", changes);
  const schema = { summary: "Update a profile", params, body, response: { 200: one, ...refusals } };
  app.patch("/profiles/:profile", { schema, config: { rule: "profiles:update" } }, async (request) => {
    const asked = readWrapped(request, { wrapper: "profile", fields: changes, changes: true });
    const identity = request.params.profile;
    const found = await find(context, request);
    const name = asked.name === undefined || asked.name === found.name ? null : asked.name;
    const metadata =
      asked.metadata === undefined || sameMetadata(asked.metadata, found.metadata)
        ? undefined
        : asked.metadata;
    if (name === null && metadata === undefined) throw nothingToUpdate();
    const row = await updateProfile(context.pool, {
      projectId: found.project_id,
      id: found.id,
      name,
      metadata,
    });
    if (row === null) throw objectNotFound("profile", identity);
    return { profile: toProfileBody(row) };
  });
}

/** Of a profile it may be `null`, once somebody has set that. */
function sameMetadata(a: ProfileDetail["metadata"], b: ProfileDetail["metadata"]): boolean {
  return a === null || b === null ? a === b : sameMap(a, b);
}

/** `DELETE /v1/profiles/{id}`: 204; 409 while a cluster or node uses it. */
export function removeProfile(app: Api, context: ApiContext): void {
  const schema = { summary: "Delete a profile", params, response: { 204: Type.Null(), ...refusals } };
  app.delete(
    "/profiles/:profile",
    { schema, config: { rule: "profiles:delete" } },
    async (request, reply) => {
      const { id, project_id: projectId } = await find(context, request);
      const done = await deleteUnused(context.pool, { kind: "profile", projectId, id });
      if (done === "gone") throw objectNotFound("profile", request.params.profile);
      if (done === "in-use") {
        throw new ApiError(
          409,
          `The profile '${id}' cannot be deleted: still referenced by some clusters and/or nodes.`,
          {
            type: "ResourceInUse",
          },
        );
      }
      return reply.code(204).send(null);
    },
  );
}

const onlySpec = { spec: { field: mapField, required: true } } as const;

/** `POST /v1/profiles/validate`: what `POST /v1/profiles` would say of a spec; nothing is kept. */
export function validateProfile(app: Api, context: ApiContext): void {
  const body = bodySchema("profile", onlySpec);
  const schema = { summary: "Validate a profile's spec", body, response: { 200: one, ...refusals } };
  const config = { rule: "profiles:validate", since: 2 } as const;
  app.post("/profiles/validate", { schema, config }, async (request) => {
    const { spec } = readWrapped(request, { wrapper: "profile", fields: onlySpec });
    const { caller } = request;
    const { questions } = context;
    const checked = await checkProfileSpec(context.pool, { name: null, spec, caller, questions });
    return {
      profile: {
        id: null,
        name: validatedProfile,
        type: checked.name,
        spec: spec as Record<string, JsonValue>,
        metadata: null,
        user: caller.userId,
        project: caller.projectId,
        domain: caller.domainId,
        created_at: null,
        updated_at: null,
      },
    };
  });
}
