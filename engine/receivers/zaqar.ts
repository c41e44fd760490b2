import { randomUUID } from "node:crypto";
import { type Static, Type } from "typebox";
import { Compile } from "typebox/compile";
import type { DelegatedToken } from "../access/delegation/delegations.ts";
import { Refusal } from "../actions/refusal.ts";

const Message = Type.Object({ id: Type.String(), body: Type.Unknown(), href: Type.String() });
const Claim = Compile(Type.Object({ messages: Type.Array(Message) }));
const Subscription = Compile(Type.Object({ subscription_id: Type.String() }));

/** One message of a queue. */
export type QueuedMessage = Static<typeof Message>;

/** Messages that nobody else gets until they are deleted, or the claim ends. */
export interface ClaimedMessages {
  readonly id: string;
  readonly messages: readonly QueuedMessage[];
}

/** Seconds that a claim holds: what a process took with it when it died is there again after so long. */
export const claimSeconds = 300;
/** Zaqar's own greatest number of messages in one claim. */
const messagesInClaim = 20;
/** Zaqar knows no subscription without an end; this one outlives us all (Senlin's 2^36 s). */
const subscriptionSeconds = 2 ** 36;
const timeoutMs = 10_000;

/** Speaks Zaqar's API v2 in one user's name. Whatever goes wrong is a `Refusal` of kind unavailable. */
export class Zaqar {
  readonly #url: string;
  readonly #token: (refused?: string) => Promise<DelegatedToken>;
  /** Zaqar wants one of every client. */
  readonly #client = randomUUID();

  constructor(url: string, token: (refused?: string) => Promise<DelegatedToken>) {
    this.#url = url.replace(/\/v2$/, "");
    this.#token = token;
  }

  /** Makes a queue; one that is there already stays. */
  async makeQueue(queue: string, q: { readonly description: string }): Promise<void> {
    await this.#ask("PUT", queuePath(queue), q, [201, 204]);
  }

  /** Deletes a queue with its messages; none is as good. */
  async deleteQueue(queue: string): Promise<void> {
    await this.#ask("DELETE", queuePath(queue), undefined, [204, 404]);
  }

  /** Has Zaqar POST each message of a queue to an address. Returns the subscription's id. */
  async subscribe(queue: string, address: string): Promise<string> {
    const body = { subscriber: address, ttl: subscriptionSeconds, options: {} };
    const said = await this.#ask("POST", `${queuePath(queue)}/subscriptions`, body, [201]);
    if (!Subscription.Check(said.body))
      throw unavailable("describes a subscription in a way that nobody here reads");
    return said.body.subscription_id;
  }

  async unsubscribe(queue: string, subscription: string): Promise<void> {
    const path = `${queuePath(queue)}/subscriptions/${encodeURIComponent(subscription)}`;
    await this.#ask("DELETE", path, undefined, [204, 404]);
  }

  /** Adds a message, which is deleted after so many seconds if nobody has. */
  async post(queue: string, q: { readonly body: object; readonly ttlSeconds: number }): Promise<void> {
    const messages = [{ body: q.body, ttl: q.ttlSeconds }];
    await this.#ask("POST", `${queuePath(queue)}/messages`, { messages }, [201]);
  }

  /** Takes some messages of a queue for this process alone; `null` when none wait, or the queue is gone. */
  async claim(queue: string): Promise<ClaimedMessages | null> {
    const body = { ttl: claimSeconds, grace: 60 };
    const path = `${queuePath(queue)}/claims?limit=${messagesInClaim}`;
    const said = await this.#ask("POST", path, body, [201, 204, 404]);
    if (said.status !== 201) return null;
    if (!Claim.Check(said.body)) throw unavailable("describes messages in a way that nobody here reads");
    const { messages } = said.body;
    const id = new URL(messages[0]?.href ?? "", this.#url).searchParams.get("claim_id");
    return id === null ? null : { id, messages };
  }

  /** Deletes a message that this process has claimed; one that is gone is as good. */
  async deleteMessage(queue: string, q: { readonly id: string; readonly claim: string }): Promise<void> {
    const path = `${queuePath(queue)}/messages/${encodeURIComponent(q.id)}?claim_id=${encodeURIComponent(q.claim)}`;
    await this.#ask("DELETE", path, undefined, [204, 404]);
  }

  /** Gives back what of a claim wasn't deleted. */
  async release(queue: string, claim: string): Promise<void> {
    await this.#ask(
      "DELETE",
      `${queuePath(queue)}/claims/${encodeURIComponent(claim)}`,
      undefined,
      [204, 404],
    );
  }

  async #ask(
    method: string,
    path: string,
    body: object | undefined,
    expected: readonly number[],
  ): Promise<{ readonly status: number; readonly body: unknown }> {
    const token = await this.#token();
    let said = await this.#send(method, path, body, token.id);
    // one that was revoked since
    if (said.status === 401) said = await this.#send(method, path, body, (await this.#token(token.id)).id);
    if (expected.includes(said.status)) return said;
    throw unavailable(`answers ${said.status} to ${method} ${path.split("?")[0]}`);
  }

  async #send(method: string, path: string, body: object | undefined, token: string) {
    try {
      const response = await fetch(`${this.#url}${path}`, {
        method,
        headers: {
          accept: "application/json",
          "client-id": this.#client,
          "x-auth-token": token,
          ...(body !== undefined && { "content-type": "application/json" }),
        },
        ...(body !== undefined && { body: JSON.stringify(body) }),
        redirect: "error",
        signal: AbortSignal.timeout(timeoutMs),
      });
      const text = await response.text();
      return {
        status: response.status,
        body: text === "" || !response.ok ? null : (JSON.parse(text) as unknown),
      };
    } catch (error) {
      const { name, message, cause } = error as Error;
      const why =
        (cause as NodeJS.ErrnoException | undefined)?.code ??
        (cause as Error | undefined)?.message ??
        message;
      throw unavailable(
        name === "TimeoutError" ? `gave no answer within ${timeoutMs / 1000} s` : `can't be asked: ${why}`,
      );
    }
  }
}

const queuePath = (queue: string) => `/v2/queues/${encodeURIComponent(queue)}`;

function unavailable(what: string): Refusal {
  return new Refusal(
    "unavailable",
    "zaqar-unavailable",
    `Zaqar ${what}`,
    "try again in a moment; if it lasts, tell the operator of this service",
  );
}
