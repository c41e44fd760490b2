import type { Scope } from "../store/list-rows.ts";
import { findSpecType } from "../store/load-node-facts.ts";
import type { Queryable } from "../store/pool.ts";
import { listedProfiles, type ProfileDetail } from "../store/profiles.ts";
import { findReferenced } from "./find-referenced.ts";
import { Refusal } from "./refusal.ts";

/** The profile that `target` is to change to: one of the type of its own, or 400. `kind` is what `target` is. */
export async function findProfileLike(
  db: Queryable,
  target: { readonly profile_id: string },
  { scope, identity, kind }: { scope: Scope; identity: string; kind: "cluster" | "node" },
): Promise<ProfileDetail> {
  const profile = { scope, identity, kind: "profile" };
  const found = await findReferenced<ProfileDetail>(db, listedProfiles, profile);
  if ((await findSpecType(db, { profileId: target.profile_id })) === found.spec_type) return found;
  throw new Refusal(
    "invalid",
    "other-profile-type",
    `Cannot update a ${kind} to a different profile type, operation aborted.`,
  );
}
