/** Who a token speaks for, as whoever issued it says. */
export interface Identity {
  readonly userId: string;
  readonly userName: string;
  readonly userDomainId: string | null;
  readonly projectId: string;
  readonly projectName: string;
  /** The project's domain, which objects record; `null` with local tokens, which have none. */
  readonly domainId: string | null;
  readonly roles: readonly Role[];
  /** When the token ends, in milliseconds since 1970; `null`: never. */
  readonly expiresAt: number | null;
  /** Whether the token was itself made from a trust or an application credential: such a one can't make a trust. */
  readonly delegated: boolean;
}

/** A role by its name, and Keystone's id of it where there is one. */
export interface Role {
  readonly name: string;
  readonly id: string | null;
}

/**
 * Who asks, in which project, with which roles. It holds no token and nothing else that must not be logged.
 */
export interface Caller {
  readonly projectId: string;
  readonly projectName: string;
  readonly userId: string;
  readonly userName: string;
  readonly userDomainId: string | null;
  readonly domainId: string | null;
  /** Names of all roles, implied ones included. */
  readonly roles: readonly string[];
  /** Whether the rule `context_is_admin` holds: sees every project. */
  readonly isAdmin: boolean;
  readonly expiresAt: number | null;
}

/** Whose an object is, for rules that compare. */
export interface Target {
  readonly projectId?: string | null;
  readonly userId?: string | null;
  readonly domainId?: string | null;
}
