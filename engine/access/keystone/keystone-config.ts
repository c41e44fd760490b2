/** How the engine speaks to Keystone, as its own user. */
export interface KeystoneConfig {
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
  /** How long a verified token is taken without asking again: the bound for revoked ones. */
  readonly freshSeconds: number;
  /** How long it is taken while Keystone can't be asked. */
  readonly keptSeconds: number;
  /** Most tokens that are remembered; the ones that were used longest ago go first. */
  readonly tokensAtMost: number;
  /** Most that one request to Keystone may take. */
  readonly timeoutSeconds: number;
}

/**
 * 10 s: whatever ends a token (revocation, a role taken away, a user or project disabled) counts after at most so long.
 * Keystone's list of revocations (OS-REVOKE) would be quicker to ask, and doesn't tell of roles that are taken away.
 * One verification takes 10 ms; so 100 users at work cost Keystone 10 of them a second.
 * 300 s: as long as OpenStack's own services remember a token (keystonemiddleware: token_cache_time).
 */
export const keystoneDefaults = {
  username: "senlin",
  userDomain: "Default",
  project: "service",
  projectDomain: "Default",
  trustRoles: [],
  freshSeconds: 10,
  keptSeconds: 300,
  tokensAtMost: 10_000,
  timeoutSeconds: 10,
} as const satisfies Partial<KeystoneConfig>;
