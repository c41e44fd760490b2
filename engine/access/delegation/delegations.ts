import { LRUCache } from "lru-cache";
import type pg from "pg";
import type { Logger } from "pino";
import {
  type CredentialRow,
  deleteCredentials,
  findCredentials,
  keepCredential,
  markCredentialBroken,
} from "../../store/credentials.ts";
import { AccessRefusal } from "../access-refusal.ts";
import type { Identity } from "../caller.ts";
import type { IdentityAnswer, IdentityClient } from "../keystone/identity-client.ts";
import type { ServiceSession } from "../keystone/service-session.ts";
import { type CatalogService, readTokenBody } from "../keystone/token-body.ts";
import { seal, unseal } from "./seal.ts";
import { Trusts } from "./trusts.ts";

/** Whose name it is, and in which project. */
export interface Owner {
  readonly projectId: string;
  readonly userId: string;
}

/** A token in a user's name, and where services are. */
export interface DelegatedToken {
  readonly id: string;
  /** In milliseconds since 1970. */
  readonly expiresAt: number;
  readonly roles: readonly string[];
  readonly catalog: readonly CatalogService[];
}

/** An application credential that a user made in Keystone. */
export interface ApplicationCredential {
  readonly id: string;
  readonly secret: string;
}

interface Parts {
  readonly pool: pg.Pool;
  readonly client: IdentityClient;
  readonly session: ServiceSession;
  readonly trustRoles: readonly string[];
  /** 32 bytes that seal application credentials; `null`: none can be kept. */
  readonly sealKey: Buffer | null;
  readonly logger: Logger;
}

/** A token that is running out is not handed out any more. */
const marginMs = 60_000;
const tokensAtMost = 1000;

/**
 * What lets the engine act later in a user's name. A trust is made with the user's own token and holds until the user
 * revokes it; who comes with a token that can't make trusts gives an application credential. No password is kept.
 */
export class Delegations {
  readonly #parts: Parts;
  readonly #trusts: Trusts;
  readonly #tokens = new LRUCache<string, DelegatedToken>({ max: tokensAtMost });
  readonly #asked = new Map<string, Promise<DelegatedToken | null>>();
  readonly #made = new Map<string, Promise<void>>();

  constructor(parts: Parts) {
    this.#parts = parts;
    this.#trusts = new Trusts(parts);
  }

  /**
   * Sees to it that the engine may act for this user in this project later on: a trust with the token's roles, unless
   * there is a working credential that has them. To be called before something is kept that acts later. May be repeated.
   */
  async ensure(identity: Identity, token: string): Promise<void> {
    const key = keyOf(identity);
    for (let other = this.#made.get(key); other !== undefined; other = this.#made.get(key))
      await other.catch(() => undefined); // it may have come with other roles: look again
    const making = this.#make(identity, token).finally(() => this.#made.delete(key));
    this.#made.set(key, making);
    await making;
  }

  async #make(identity: Identity, token: string): Promise<void> {
    const { pool, trustRoles } = this.#parts;
    const kept = await findCredentials(pool, identity);
    const roles = identity.roles.filter(({ name }) => trustRoles.length === 0 || trustRoles.includes(name));
    const enough = (row: CredentialRow) =>
      row.broken_at === null &&
      (row.kind === "application_credential" || roles.every(({ name }) => row.roles.includes(name)));
    if (kept.some(enough)) return;
    if (identity.delegated) {
      if (kept.some((row) => row.broken_at === null)) return; // fewer roles than this token has, and they count
      throw new AccessRefusal("forbidden", "can-not-delegate", delegatedText, { help: delegatedHelp });
    }
    const replaces = kept.find((row) => row.kind === "trust")?.reference ?? null;
    const reference = await this.#trusts.make(identity, roles, token);
    const names = roles.map(({ name }) => name);
    const row = { ...ownerOf(identity), kind: "trust", reference, sealed: null, roles: names } as const;
    const ours = await keepCredential(pool, { ...row, replaces });
    const spare = ours ? replaces : reference; // another process was quicker
    if (spare !== null) await this.#trusts.drop(spare, token);
  }

  /** Keeps an application credential of the user's, sealed, once Keystone has taken it and it is theirs. */
  async keep(identity: Identity, credential: ApplicationCredential): Promise<void> {
    const { pool, sealKey } = this.#parts;
    if (sealKey === null)
      throw new AccessRefusal("unavailable", "no-seal-key", "this service has no key to seal secrets with", {
        help: "tell its operator: COPPICE_CREDENTIAL_KEY_FILE names a file of 32 bytes",
      });
    const answer = await this.#logInWith(credential);
    if (answer.status !== 201)
      throw new AccessRefusal(
        "forbidden",
        "credential-refused",
        "Keystone refuses the application credential",
        {
          help: "check its id and secret, and that it has not ended",
        },
      );
    const { user, project, roles = [] } = readTokenBody(answer.body);
    if (user.id !== identity.userId || project?.id !== identity.projectId)
      throw new AccessRefusal(
        "forbidden",
        "credential-of-another",
        "the application credential is another user's, or for another project",
        { help: "make one as the user, and in the project, of this token" },
      );
    const owner = ownerOf(identity);
    const kind = "application_credential";
    const sealed = seal(sealKey, keyOf(identity), credential.secret);
    const row = {
      ...owner,
      kind,
      reference: credential.id,
      sealed,
      roles: roles.map(({ name }) => name),
    } as const;
    for (let kept = false; !kept; ) {
      const before = (await findCredentials(pool, owner)).find((one) => one.kind === kind);
      kept = await keepCredential(pool, { ...row, replaces: before?.reference ?? null });
    }
  }

  /**
   * A token in the user's name. `refused` is one that a service no longer takes. Throws `AccessRefusal`: forbidden when
   * the user has let nobody act, or has revoked it; unavailable when Keystone can't be asked.
   */
  async token(owner: Owner, refused?: string): Promise<DelegatedToken> {
    const rows = await findCredentials(this.#parts.pool, owner); // what was taken back counts at once, everywhere
    for (const row of rows.filter((one) => one.broken_at === null)) {
      const token = await this.#tokenOf(row, refused);
      if (token !== null) return token;
    }
    throw rows.length === 0 ? nothingKept(owner) : revoked(owner);
  }

  /** One login for all who wait for the same; `null` when Keystone no longer takes the credential. */
  async #tokenOf(row: CredentialRow, refused: string | undefined): Promise<DelegatedToken | null> {
    const key = `${row.kind} ${row.reference}`;
    const kept = this.#tokens.get(key);
    if (kept !== undefined && kept.id !== refused && kept.expiresAt - marginMs > Date.now()) return kept;
    const running = this.#asked.get(key);
    if (running !== undefined) return await running;
    const asking = this.#ask(row, key).finally(() => this.#asked.delete(key));
    this.#asked.set(key, asking);
    return await asking;
  }

  async #ask(row: CredentialRow, key: string): Promise<DelegatedToken | null> {
    this.#tokens.delete(key);
    const answer = await this.#logInAs(row);
    if (answer.status !== 201 || answer.subjectToken === null) {
      await this.#noteBroken(row, answer.status);
      return null;
    }
    const { expires_at, roles = [], catalog = [] } = readTokenBody(answer.body);
    const names = roles.map(({ name }) => name);
    const token = { id: answer.subjectToken, expiresAt: Date.parse(expires_at), roles: names, catalog };
    this.#tokens.set(key, token);
    return token;
  }

  /** Keystone answers 401 for a revoked trust as for a wrong password of ours: our own login tells them apart. */
  async #noteBroken(row: CredentialRow, status: number): Promise<void> {
    if (row.kind === "trust") {
      const own = await this.#parts.session.logIn();
      if (own.status !== 201) throw this.#parts.session.refused(own.status, "at its login");
    }
    this.#parts.logger.warn(
      { project: row.project_id, user: row.user_id, kind: row.kind, reference: row.reference, status },
      "Keystone no longer takes what let the engine act in a user's name",
    );
    await markCredentialBroken(this.#parts.pool, {
      ...ownerOfRow(row),
      kind: row.kind,
      reference: row.reference,
    });
  }

  async #logInAs(row: CredentialRow): Promise<IdentityAnswer> {
    if (row.kind === "trust")
      return await this.#parts.session.logIn({ "OS-TRUST:trust": { id: row.reference } });
    const { sealKey } = this.#parts;
    const secret =
      sealKey === null || row.sealed === null ? null : unseal(sealKey, keyOf(ownerOfRow(row)), row.sealed);
    if (secret === null)
      throw new AccessRefusal(
        "unavailable",
        "seal-does-not-open",
        "the sealed secret of an application credential does not open here",
        {
          help: "start every process of the engine with the COPPICE_CREDENTIAL_KEY_FILE that it was sealed with",
        },
      );
    return await this.#logInWith({ id: row.reference, secret });
  }

  async #logInWith({ id, secret }: ApplicationCredential): Promise<IdentityAnswer> {
    const identity = { methods: ["application_credential"], application_credential: { id, secret } };
    return await this.#parts.client.ask({
      method: "POST",
      path: "/auth/tokens",
      body: { auth: { identity } },
    });
  }

  /** Takes it all back: the engine can't act for this user in this project any more. `token` is the user's own. */
  async withdraw(owner: Owner, token: string): Promise<void> {
    const rows = await deleteCredentials(this.#parts.pool, ownerOf(owner));
    for (const row of rows) if (row.kind === "trust") await this.#trusts.drop(row.reference, token);
  }
}

const delegatedText =
  "the engine is to act in your name later, and this token, itself made from a trust or an application credential, can't permit that";
const delegatedHelp = "come once with a token got by a password, or give an application credential for it";

function nothingKept({ projectId, userId }: Owner): AccessRefusal {
  return new AccessRefusal(
    "forbidden",
    "no-credential",
    `user ${userId} has not let the engine act in project ${projectId}`,
    { help: "as that user, change anything that acts later; the permission is made then" },
  );
}

function revoked({ projectId, userId }: Owner): AccessRefusal {
  return new AccessRefusal(
    "forbidden",
    "credential-revoked",
    `what let the engine act for user ${userId} in project ${projectId} was revoked, has ended, or carries a role that the user lost`,
    { help: "as that user, change anything that acts later; the permission is made anew then" },
  );
}

const keyOf = ({ projectId, userId }: Owner) => JSON.stringify([projectId, userId]);
const ownerOf = ({ projectId, userId }: Owner): Owner => ({ projectId, userId });
const ownerOfRow = (row: CredentialRow): Owner => ({ projectId: row.project_id, userId: row.user_id });
