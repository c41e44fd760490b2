import type { Manifest } from "../../../plugins/sdk/manifest.ts";

/** A permission as a program's `allow` line and a manifest's need have it; without a target it means any. */
export interface Permission {
  readonly capability: string;
  readonly target?: string | null | undefined;
}

/** `http "api.example.org:443"`, or `state`: how programs and locks write a permission. */
export function permissionText({ capability, target }: Permission): string {
  return target === null || target === undefined ? capability : `${capability} ${JSON.stringify(target)}`;
}

/** What somebody consents to who lets a plugin in as it is: each thing that its manifest asks for. */
export function grantsFor(needs: Manifest["needs"]): string[] {
  return [...new Set(needs.map(permissionText))].sort();
}

/** Whether grants hold a permission: as it is written, or for whatever target. */
export function covers(grants: readonly string[], asked: Permission): boolean {
  return grants.includes(asked.capability) || grants.includes(permissionText(asked));
}

/**
 * What a manifest needs and grants don't hold. A need without a target leaves the target to programs: a grant for any
 * one target is enough for it.
 */
export function missingGrants(grants: readonly string[], needs: Manifest["needs"]): Manifest["needs"] {
  return needs.filter(
    (need) =>
      !covers(grants, need) &&
      !(need.target === undefined && grants.some((grant) => grant.startsWith(`${need.capability} "`))),
  );
}
