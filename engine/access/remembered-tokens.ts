import { LRUCache } from "lru-cache";
import { AccessRefusal } from "./access-refusal.ts";
import type { Identity } from "./caller.ts";

/** What whoever issued a token says of it. */
export type Said = Identity | "invalid" | "no-project";

export interface TokenBounds {
  /** How long what was said counts without asking again. */
  readonly freshSeconds: number;
  /** How long it counts while nobody can be asked. */
  readonly keptSeconds: number;
  /** Most tokens that are remembered; the ones that were used longest ago go first. */
  readonly tokensAtMost: number;
}

interface Verdict {
  readonly said: Said;
  /** When it was asked for, and answered (`performance.now()`). */
  readonly verifiedAt: number;
  /** The same, or when asking failed the last time. */
  readonly askedAt: number;
}

/**
 * Remembers what was said of tokens. After half of `freshSeconds` it is asked for again while requests go on, after all
 * of it they wait: so a revoked token is refused after at most so long, and a busy one never waits. Nothing outlives the
 * token's own end. However many requests bring one token, it is asked for once.
 */
export class RememberedTokens {
  readonly #bounds: TokenBounds;
  readonly #verdicts: LRUCache<string, Verdict>;

  /** `ask` answers `null` for what is not worth remembering. Its refusals of kind unavailable are bridged. */
  constructor(ask: (token: string) => Promise<Said | null>, bounds: TokenBounds) {
    this.#bounds = bounds;
    this.#verdicts = new LRUCache<string, Verdict>({
      max: bounds.tokensAtMost,
      ttl: Math.max(bounds.keptSeconds, bounds.freshSeconds) * 1000,
      ignoreFetchAbort: true, // one that is crowded out meanwhile is still answered
      fetchMethod: (token, before) => this.#look(ask, token, before),
    });
  }

  /** Who a token speaks for; `null` when nobody, or no longer. Throws `AccessRefusal`: no project, or unavailable. */
  async find(token: string): Promise<Identity | null> {
    const said = (await this.#verdictOf(token))?.said;
    if (said === "no-project")
      throw new AccessRefusal("forbidden", "no-project", "the token is for no project", {
        help: "ask Keystone for one with a project (OS_PROJECT_NAME, or OS_PROJECT_ID)",
      });
    if (said === undefined || said === "invalid") return null;
    return said.expiresAt !== null && said.expiresAt <= Date.now() ? null : said;
  }

  async #verdictOf(token: string): Promise<Verdict | undefined> {
    const known = this.#verdicts.get(token, { allowStale: true });
    const age = known === undefined ? Number.POSITIVE_INFINITY : performance.now() - known.askedAt;
    const freshMs = this.#bounds.freshSeconds * 1000;
    if (age < freshMs / 2) return known;
    const asked = this.#verdicts.fetch(token, { forceRefresh: true, allowStale: false });
    if (age >= freshMs) return await asked;
    asked.catch(() => undefined); // whoever waits for it next hears why
    return known;
  }

  async #look(
    ask: (token: string) => Promise<Said | null>,
    token: string,
    before: Verdict | undefined,
  ): Promise<Verdict | undefined> {
    const askedAt = performance.now();
    try {
      const said = await ask(token);
      return said === null ? undefined : { said, verifiedAt: askedAt, askedAt };
    } catch (error) {
      const unavailable = error instanceof AccessRefusal && error.kind === "unavailable";
      const now = performance.now();
      if (unavailable && before !== undefined && now - before.verifiedAt < this.#bounds.keptSeconds * 1000)
        return { ...before, askedAt: now };
      throw error;
    }
  }
}
