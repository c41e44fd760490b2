import { Refusal } from "../actions/refusal.ts";
import type { Scope } from "../store/list-rows.ts";
import { findSpecType } from "../store/load-node-facts.ts";
import { listedProfiles, type ProfileDetail } from "../store/profiles.ts";
import type { ApiContext } from "./context.ts";
import { findReferenced } from "./find-object.ts";

/** The profile that `target` is to change to: one of the type of its own, or 400. `kind` is what `target` is. */
export async function findProfileLike(
  { pool }: ApiContext,
  target: { readonly profile_id: string },
  { scope, identity, kind }: { scope: Scope; identity: string; kind: "cluster" | "node" },
): Promise<ProfileDetail> {
  const profile = { scope, identity, kind: "profile" };
  const found = await findReferenced<ProfileDetail>(pool, listedProfiles, profile);
  if ((await findSpecType(pool, { profileId: target.profile_id })) === found.spec_type) return found;
  throw new Refusal(
    "invalid",
    "other-profile-type",
    `Cannot update a ${kind} to a different profile type, operation aborted.`,
  );
}
