import { type Static, Type } from "typebox";
import { listedClusters } from "../../store/find-cluster.ts";
import { insertProjectEvent } from "../../store/insert-project-event.ts";
import { type ListedKind, listRows } from "../../store/list-rows.ts";
import { isId, newId } from "../../store/new-id.ts";
import { listedPolicies } from "../../store/policies.ts";
import { inTransaction, type Queryable } from "../../store/pool.ts";
import { listedProfiles } from "../../store/profiles.ts";
import {
  deleteShare,
  listedShares,
  lockShared,
  putShare,
  type SharedKind,
  type ShareRow,
  sharedKinds,
  updateShare,
  visibleShares,
} from "../../store/shares.ts";
import { ApiError } from "../api-error.ts";
import type { Api } from "../app.ts";
import { Id, nullable, refusals } from "../bodies/schemas.ts";
import { toSeconds } from "../bodies/times.ts";
import type { ApiContext } from "../context.ts";
import { findObject, objectNotFound } from "../find-object.ts";
import { type ListContract, readListQuery } from "../list-query.ts";

const access = Type.Union([Type.Literal("read-only"), Type.Literal("read-write")]);
const ShareBody = Type.Object({
  id: Id,
  project: Type.String({ description: "The owner's" }),
  kind: Type.String(),
  object_id: Id,
  object_name: Type.String(),
  target: Type.String({ description: "user, project or everyone" }),
  target_id: nullable(Type.String()),
  access: Type.String(),
  created_by: Type.String(),
  created_at: nullable(Type.String()),
  updated_at: nullable(Type.String()),
});
const one = Type.Object({ share: ShareBody });
const params = Type.Object({ share: Type.String() });

function toShareBody(row: ShareRow): Static<typeof ShareBody> {
  const { project_id: project, ...rest } = row;
  return {
    ...rest,
    project,
    target_id: row.target === "everyone" ? null : row.target_id,
    created_at: toSeconds(row.created_at),
    updated_at: toSeconds(row.updated_at),
  };
}

const kinds: Readonly<Record<SharedKind, ListedKind>> = {
  cluster: listedClusters,
  profile: listedProfiles,
  policy: listedPolicies,
};

const listed: ListContract = {
  kind: listedShares,
  defaultSort: "created_at",
  filters: { kind: { values: sharedKinds }, object_id: {}, target: {}, access: {} },
};

/** `GET /v1/shares`: what the own project gave, and what it, or the user, was given. */
export function getShares(app: Api, context: ApiContext): void {
  const response = { 200: Type.Object({ shares: Type.Array(ShareBody) }), ...refusals };
  const schema = { summary: "List shares", response };
  app.get("/shares", { schema, config: { rule: "shares:index" } }, async (request) => {
    const query = readListQuery(request, listed);
    const where = request.caller.isAdmin ? [] : [visibleShares(request.caller)];
    const rows = await listRows<ShareRow>(context.pool, listedShares, {
      ...query,
      scope: { projectId: null },
      where,
    });
    return { shares: rows.map(toShareBody) };
  });
}

/**
 * `POST /v1/shares` `{"kind": "cluster", "object": "web", "target": "project", "target_id": "…", "access": "read-only"}`:
 * 201. Only the owner's project shares; the same target again changes what it may. Everyone: a rule of its own.
 */
export function postShare(app: Api, context: ApiContext): void {
  const body = Type.Object(
    {
      kind: Type.Union(sharedKinds.map((kind) => Type.Literal(kind))),
      object: Type.String({ minLength: 1, maxLength: 255, description: "Id, name or short id" }),
      target: Type.Union([Type.Literal("user"), Type.Literal("project"), Type.Literal("everyone")]),
      target_id: Type.Optional(Type.String({ minLength: 1, maxLength: 255 })),
      access: Type.Optional(access),
    },
    { additionalProperties: false },
  );
  const schema = { summary: "Share an object", body, response: { 201: one, ...refusals } };
  app.post("/shares", { schema, config: { rule: "shares:create" } }, async (request, reply) => {
    const { caller } = request;
    const asked = request.body;
    const targetId = asked.target === "everyone" ? "" : (asked.target_id ?? "");
    if (asked.target !== "everyone" && targetId === "")
      throw new ApiError(400, `target_id is missing: the id of the ${asked.target}`);
    if (asked.target === "project" && targetId === caller.projectId)
      throw new ApiError(400, "the project has its own objects already");
    if (asked.target === "everyone") context.access.check("shares:create_public", caller);
    const scope = { projectId: caller.isAdmin ? null : caller.projectId };
    const object = await findObject<{ id: string; project_id: string; name: string }>(
      context.pool,
      kinds[asked.kind],
      { scope, identity: asked.object, kind: asked.kind },
    );
    const row = await inTransaction(context.pool, async (db) => {
      const there = await lockShared(db, { kind: asked.kind, id: object.id });
      if (!there) throw objectNotFound(asked.kind, asked.object);
      const share = await putShare(db, {
        id: newId(),
        project_id: object.project_id,
        kind: asked.kind,
        object_id: object.id,
        object_name: object.name,
        target: asked.target,
        target_id: targetId,
        access: asked.access ?? "read-only",
        created_by: caller.userId,
      });
      await tell(db, share, "share.given", caller.userId);
      return share;
    });
    return reply.code(201).send({ share: toShareBody(row) });
  });
}

/** `PATCH /v1/shares/{id}` `{"access": "read-write"}`: what it permits from now on. */
export function patchShare(app: Api, context: ApiContext): void {
  const body = Type.Object({ access }, { additionalProperties: false });
  const schema = { summary: "Change a share", params, body, response: { 200: one, ...refusals } };
  app.patch("/shares/:share", { schema, config: { rule: "shares:update" } }, async (request) => {
    const { caller } = request;
    const projectId = caller.isAdmin ? null : caller.projectId;
    const { share: id } = request.params;
    const row = await inTransaction(context.pool, async (db) => {
      const share = isId(id) ? await updateShare(db, { projectId, id, access: request.body.access }) : null;
      if (share !== null) await tell(db, share, "share.changed", caller.userId);
      return share;
    });
    if (row === null) throw objectNotFound("share", id);
    return { share: toShareBody(row) };
  });
}

/** `DELETE /v1/shares/{id}`: 204. The owner revokes it, and a user or project that it was given to leaves it. */
export function removeShare(app: Api, context: ApiContext): void {
  const schema = { summary: "Revoke a share", params, response: { 204: Type.Null(), ...refusals } };
  app.delete("/shares/:share", { schema, config: { rule: "shares:delete" } }, async (request, reply) => {
    const { caller } = request;
    const { share: id } = request.params;
    const row = await inTransaction(context.pool, async (db) => {
      const share = isId(id) ? await deleteShare(db, { viewer: caller.isAdmin ? null : caller, id }) : null;
      if (share !== null) await tell(db, share, "share.revoked", caller.userId);
      return share;
    });
    if (row === null) throw objectNotFound("share", id);
    return reply.code(204).send(null);
  });
}

/** Both sides can read of it in their events. */
async function tell(db: Queryable, share: ShareRow, name: string, by: string): Promise<void> {
  const { kind, object_name: object, target, access: permits } = share;
  const whom = target === "everyone" ? "everyone" : `${target} ${share.target_id}`;
  const message = `${name.replace("share.", "")}: ${kind} "${object}", ${permits}, ${whom}, by ${by}`;
  const fields = {
    share: share.id,
    kind,
    object_id: share.object_id,
    target,
    target_id: share.target_id,
    by,
  };
  const projects = [share.project_id, ...(target === "project" ? [share.target_id] : [])];
  for (const projectId of projects)
    await insertProjectEvent(db, { projectId, level: "INFO", name, message, fields });
}
