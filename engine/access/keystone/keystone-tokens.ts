import { LRUCache } from "lru-cache";
import { AccessRefusal } from "../access-refusal.ts";
import type { Identity } from "../caller.ts";
import type { IdentityClient } from "./identity-client.ts";
import type { KeystoneConfig } from "./keystone-config.ts";
import type { ServiceSession } from "./service-session.ts";
import { identityOf, readTokenBody } from "./token-body.ts";

/** What Keystone said of a token, and when (`performance.now()`). */
interface Verdict {
  readonly said: Identity | "invalid" | "no-project";
  readonly verifiedAt: number;
}

type Bounds = Pick<KeystoneConfig, "freshSeconds" | "keptSeconds" | "tokensAtMost">;

/**
 * Whom tokens speak for, as Keystone says. What it said counts for `freshSeconds`, then it is asked again: a revoked
 * token is refused after at most so long. While Keystone can't be asked, what it said counts for `keptSeconds`. Nothing
 * outlives the token's own end. However many requests bring one token, Keystone is asked once.
 */
export class KeystoneTokens {
  readonly #client: IdentityClient;
  readonly #session: ServiceSession;
  readonly #bounds: Bounds;
  readonly #verdicts: LRUCache<string, Verdict>;

  constructor(client: IdentityClient, session: ServiceSession, bounds: Bounds) {
    this.#client = client;
    this.#session = session;
    this.#bounds = bounds;
    this.#verdicts = new LRUCache<string, Verdict>({
      max: bounds.tokensAtMost,
      ttl: bounds.freshSeconds * 1000,
      ignoreFetchAbort: true, // one that is crowded out meanwhile is still answered
      fetchMethod: (token, before) => this.#look(token, before),
    });
  }

  /** Who a token speaks for; `null` when nobody, or no longer. Throws `AccessRefusal`: no project, or unavailable. */
  async find(token: string): Promise<Identity | null> {
    const verdict = await this.#verdicts.fetch(token);
    if (verdict === undefined) throw this.#client.unavailable("it gave no answer");
    const { said } = verdict;
    if (said === "no-project")
      throw new AccessRefusal("forbidden", "no-project", "the token is for no project", {
        help: "ask Keystone for one with a project (OS_PROJECT_NAME, or OS_PROJECT_ID)",
      });
    return said === "invalid" || (said.expiresAt ?? 0) <= Date.now() ? null : said;
  }

  async #look(token: string, before: Verdict | undefined): Promise<Verdict> {
    try {
      return await this.#verify(token);
    } catch (error) {
      const unavailable = error instanceof AccessRefusal && error.kind === "unavailable";
      const keptMs = this.#bounds.keptSeconds * 1000;
      if (unavailable && before !== undefined && performance.now() - before.verifiedAt < keptMs)
        return before;
      throw error;
    }
  }

  /** Without the catalog, which can be a hundred times as large as the rest. */
  async #verify(token: string): Promise<Verdict> {
    const answer = await this.#session.ask((own) =>
      this.#client.ask({ method: "GET", path: "/auth/tokens?nocatalog", token: own, subject: token }),
    );
    const verifiedAt = performance.now();
    if (answer.status === 404) return { said: "invalid", verifiedAt };
    if (answer.status !== 200) throw this.#session.refused(answer.status, "the verification of tokens");
    return { said: identityOf(readTokenBody(answer.body)) ?? "no-project", verifiedAt };
  }
}
