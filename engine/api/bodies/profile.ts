import { type Static, Type } from "typebox";
import type { ProfileDetail } from "../../store/profiles.ts";
import { Id, JsonRecord, nullable } from "./schemas.ts";
import { toSeconds } from "./times.ts";

/** Senlin's profile. One that was only validated has no id. */
export const ProfileBody = Type.Object({
  id: nullable(Id),
  name: Type.String(),
  type: Type.String({ description: "os.nova.server-1.0" }),
  spec: JsonRecord,
  metadata: nullable(JsonRecord),
  user: Type.String(),
  project: Type.String(),
  domain: nullable(Type.String()),
  created_at: nullable(Type.String()),
  updated_at: nullable(Type.String()),
});

/** A profile as the API shows it. */
export function toProfileBody(row: ProfileDetail): Static<typeof ProfileBody> {
  return {
    id: row.id,
    name: row.name,
    type: row.spec_type,
    spec: { ...(row.spec ?? specOf(row)) },
    metadata: row.metadata === null ? null : { ...row.metadata },
    user: row.user_id,
    project: row.project_id,
    domain: row.domain_id,
    created_at: toSeconds(row.created_at),
    updated_at: toSeconds(row.updated_at),
  };
}

/** Of a profile that a program declares: what a request for the same would have said. */
function specOf({ spec_type: specType, properties }: ProfileDetail) {
  const dash = specType.lastIndexOf("-");
  return { type: specType.slice(0, dash), version: specType.slice(dash + 1), properties: { ...properties } };
}
