import { Type } from "typebox";
import type { CredentialRow } from "../../store/credentials.ts";
import { Time } from "./schemas.ts";

/** What lets the engine act in the caller's name; never a secret. */
export const CredentialBody = Type.Object({
  kind: Type.Union([Type.Literal("trust"), Type.Literal("application_credential")]),
  reference: Type.String({ description: "Keystone's id of it" }),
  roles: Type.Array(Type.String()),
  works: Type.Boolean({ description: "false: Keystone no longer takes it; permit it anew" }),
  created_at: Time,
});

/** A row as it is shown to its own user. */
export function toCredentialBody({ kind, reference, roles, broken_at, created_at }: CredentialRow) {
  return {
    kind,
    reference,
    roles: [...roles],
    works: broken_at === null,
    created_at: created_at.toISOString(),
  };
}
