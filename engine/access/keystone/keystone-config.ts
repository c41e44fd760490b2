import type { TokenBounds } from "../remembered-tokens.ts";

/** How the engine speaks to Keystone, as its own user, and how long it trusts what Keystone said. */
export interface KeystoneConfig extends TokenBounds {
  /** `https://keystone.example.org:5000/v3`. */
  readonly url: string;
  /** The service user: role `service` or `admin`, so that it may verify tokens. */
  readonly username: string;
  readonly userDomain: string;
  readonly project: string;
  readonly projectDomain: string;
  /** Asked for at each login, so that a new password in a file counts at once; kept nowhere. */
  readonly password: () => Promise<string>;
  /** Roles that users delegate to the engine; empty: all that they have (Senlin's `trust_roles`). */
  readonly trustRoles: readonly string[];
  /** Most that one request to Keystone may take. */
  readonly timeoutSeconds: number;
}

/**
 * 10 s: whatever ends a token (revocation, a role taken away, a user or project disabled) counts after at most so long.
 * Keystone's list of revocations (OS-REVOKE) would be quicker to ask, and doesn't tell of roles that are taken away.
 * One verification takes 10 ms; so 100 users at work cost Keystone 20 of them a second.
 * 300 s: as long as OpenStack's own services remember a token (keystonemiddleware: token_cache_time).
 */
export const keystoneBounds = {
  freshSeconds: 10,
  keptSeconds: 300,
  tokensAtMost: 10_000,
  timeoutSeconds: 10,
} as const satisfies Partial<KeystoneConfig>;
