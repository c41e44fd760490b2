import type { IncomingHttpHeaders } from "node:http";
import type pg from "pg";
import type { Logger } from "pino";
import { AccessRefusal } from "./access-refusal.ts";
import type { Caller, Identity, Target } from "./caller.ts";
import {
  type ApplicationCredential,
  type DelegatedToken,
  Delegations,
  type Owner,
} from "./delegation/delegations.ts";
import { IdentityClient } from "./keystone/identity-client.ts";
import type { KeystoneConfig } from "./keystone/keystone-config.ts";
import { ServiceSession } from "./keystone/service-session.ts";
import { verifyToken } from "./keystone/verify-token.ts";
import { findLocalIdentity, localBounds } from "./local/local-tokens.ts";
import { readToken } from "./read-token.ts";
import { RememberedTokens } from "./remembered-tokens.ts";
import type { RuleName } from "./rules/default-rules.ts";
import { PolicyRules } from "./rules/policy-rules.ts";

export interface AccessConfig {
  /** `null`: local tokens. */
  readonly keystone: KeystoneConfig | null;
  /** A file of rules in place of the defaults; `null`: none. */
  readonly policyFile: string | null;
  /** 32 bytes that seal application credentials; `null`: none can be kept. */
  readonly sealKey: Buffer | null;
}

/** Local tokens and the default rules: what counts when nothing is configured. */
export const localAccess: AccessConfig = { keystone: null, policyFile: null, sealKey: null };

/** Who asks, and what they may do. Every failure is an `AccessRefusal`. */
export interface Access {
  /** Who asks, from a request's headers. Refuses with kind unauthenticated, forbidden (no project) or unavailable. */
  authenticate(headers: IncomingHttpHeaders): Promise<Caller>;
  /**
   * Refuses with kind forbidden unless the rule permits it. `target` is whose object it is; without one (lists, creates)
   * the caller. Of an object that somebody shared with the caller: the caller too, since the share has said which.
   */
  check(rule: RuleName, caller: Caller, target?: Target): void;
  /** The same as a question. */
  permits(rule: RuleName, caller: Caller, target?: Target): boolean;
  /**
   * Sees to it that the engine may act for this caller later (Keystone: a trust). To be called before something is kept
   * that acts later; `caller` must be what `authenticate` returned. Nothing to do with local tokens.
   */
  delegate(caller: Caller): Promise<void>;
  /** Keeps an application credential of the caller's for the same, its secret sealed. */
  keepApplicationCredential(caller: Caller, credential: ApplicationCredential): Promise<void>;
  /** Takes back what `delegate` and `keepApplicationCredential` gave. */
  withdraw(caller: Caller): Promise<void>;
  /** A token in a user's name; `refused` is one that a service no longer takes. `null` with local tokens. */
  tokenFor(owner: Owner, refused?: string): Promise<DelegatedToken | null>;
  close(): Promise<void>;
}

/** The engine's access, as configured. Throws `AccessConfigError` for a policy file that doesn't hold. */
export async function createAccess(q: AccessConfig & { pool: pg.Pool; logger: Logger }): Promise<Access> {
  const rules = await PolicyRules.open({ file: q.policyFile, logger: q.logger });
  const keystone = q.keystone === null ? null : openKeystone(q, q.keystone);
  const local = new RememberedTokens((token) => findLocalIdentity(q.pool, token), localBounds);
  return new EngineAccess(rules, keystone?.tokens ?? local, keystone);
}

interface Keystone {
  readonly client: IdentityClient;
  readonly tokens: RememberedTokens;
  readonly delegations: Delegations;
}

function openKeystone(
  q: { pool: pg.Pool; logger: Logger; sealKey: Buffer | null },
  keystone: KeystoneConfig,
): Keystone {
  const client = new IdentityClient(keystone);
  const session = new ServiceSession(client, keystone, q.logger);
  const { trustRoles } = keystone;
  return {
    client,
    tokens: new RememberedTokens((token) => verifyToken(client, session, token), keystone),
    delegations: new Delegations({ ...q, client, session, trustRoles }),
  };
}

class EngineAccess implements Access {
  readonly #rules: PolicyRules;
  readonly #tokens: RememberedTokens;
  readonly #keystone: Keystone | null;
  /** What callers came with: beside them, so that no log or answer that shows a caller shows a token. */
  readonly #came = new WeakMap<Caller, { readonly identity: Identity; readonly token: string }>();

  constructor(rules: PolicyRules, tokens: RememberedTokens, keystone: Keystone | null) {
    this.#rules = rules;
    this.#tokens = tokens;
    this.#keystone = keystone;
  }

  async authenticate(headers: IncomingHttpHeaders): Promise<Caller> {
    const token = readToken(headers);
    const identity = token === null ? null : await this.#tokens.find(token);
    if (token === null || identity === null) throw this.#noValidToken();
    const { userId, userName, userDomainId, projectId, projectName, domainId, expiresAt } = identity;
    const known = { userId, userName, userDomainId, projectId, projectName, domainId, expiresAt };
    const roles = identity.roles.map(({ name }) => name);
    const isAdmin = this.#rules.holds("context_is_admin", { ...known, roles, isAdmin: false });
    const caller: Caller = { ...known, roles, isAdmin };
    this.#came.set(caller, { identity, token });
    return caller;
  }

  check(rule: RuleName, caller: Caller, target?: Target): void {
    if (this.permits(rule, caller, target)) return;
    throw new AccessRefusal(
      "forbidden",
      "rule-denies",
      "You are not authorized to complete this operation.",
      {
        help: `the rule ${rule} asks for ${this.#rules.textOf(rule)}; this token has the roles ${caller.roles.join(", ") || "(none)"}`,
      },
    );
  }

  permits(rule: RuleName, caller: Caller, target?: Target): boolean {
    return this.#rules.holds(rule, caller, target);
  }

  async delegate(caller: Caller): Promise<void> {
    if (this.#keystone === null) return;
    const { identity, token } = this.#cameWith(caller);
    await this.#keystone.delegations.ensure(identity, token);
  }

  async keepApplicationCredential(caller: Caller, credential: ApplicationCredential): Promise<void> {
    if (this.#keystone === null)
      throw new AccessRefusal(
        "forbidden",
        "no-keystone",
        "application credentials are Keystone's, and there is none here",
        {
          help: "leave it out: with local tokens nothing needs to be permitted for later",
        },
      );
    await this.#keystone.delegations.keep(this.#cameWith(caller).identity, credential);
  }

  async withdraw(caller: Caller): Promise<void> {
    await this.#keystone?.delegations.withdraw(caller, this.#cameWith(caller).token);
  }

  async tokenFor(owner: Owner, refused?: string): Promise<DelegatedToken | null> {
    return (await this.#keystone?.delegations.token(owner, refused)) ?? null;
  }

  async close(): Promise<void> {
    this.#rules.close();
    await this.#keystone?.client.close();
  }

  #cameWith(caller: Caller): { readonly identity: Identity; readonly token: string } {
    const came = this.#came.get(caller);
    if (came === undefined) throw new Error("this caller was not authenticated here, or was copied since");
    return came;
  }

  /** One answer for none, a wrong and an old one. */
  #noValidToken(): AccessRefusal {
    const keystone = this.#keystone?.client.url;
    return new AccessRefusal(
      "unauthenticated",
      "invalid-token",
      "The request you have made requires authentication.", // keystonemiddleware's, word for word
      {
        help: "send a token that is valid, in the header X-Auth-Token or as Authorization: Bearer",
        challenge: keystone === undefined ? 'Bearer realm="coppice"' : `Keystone uri="${keystone}"`,
      },
    );
  }
}
