import type pg from "pg";
import type { Logger } from "pino";
import { AccessRefusal } from "../access/access-refusal.ts";
import type { Access } from "../access/create-access.ts";
import { expectOwnerMay } from "../access/expect-owner-may.ts";
import { type Rounds, startRounds } from "../actions/start-rounds.ts";
import { withFreeName } from "../actions/with-free-name.ts";
import {
  deleteReceiver,
  insertReceiver,
  listMessageReceivers,
  type NewReceiver,
  type ReceiverRow,
  setChannel,
} from "../store/receivers.ts";
import { type MessageChannel, makeChannel, queueOf, removeChannel } from "./message-channel.ts";
import { type ZaqarConfig, zaqarFor } from "./message-service.ts";
import { takeMessages } from "./take-messages.ts";

interface Parts {
  readonly pool: pg.Pool;
  readonly access: Access;
  readonly zaqar: ZaqarConfig;
  readonly logger: Logger;
  /** Whether a receiver may start one more action now. */
  readonly hasRoom: (receiverId: string) => Promise<boolean>;
}

/**
 * Receivers of type message: each has a queue in Zaqar, made in the name of the user whose receiver it is, and Zaqar tells
 * us of messages by a signed URL. Whatever it doesn't tell (it was away, or we were) is found by looking now and then.
 */
export class MessageReceivers {
  readonly #parts: Parts;
  /** Rounds under way, by receiver: who is told of a message meanwhile has one more round follow. */
  readonly #rounds = new Map<string, { again: boolean; readonly done: Promise<void> }>();

  constructor(parts: Parts) {
    this.#parts = parts;
  }

  /**
   * Makes a receiver and its queue. Nothing is written without a Zaqar that can be reached as its owner; where it then
   * fails, nothing is left. A process that dies in between leaves a receiver without a subscription, which can be deleted.
   */
  async make(wanted: NewReceiver, address: string): Promise<ReceiverRow> {
    const { pool, access } = this.#parts;
    const zaqar = await zaqarFor(access, this.#parts.zaqar, ownerOf(wanted));
    const { id } = wanted;
    const named = { kind: "receiver", projectId: wanted.project_id, name: wanted.name } as const;
    const row = await withFreeName(pool, named, (db) =>
      insertReceiver(db, { ...wanted, channel: { queue_name: queueOf(id) } }),
    );
    try {
      const channel = await makeChannel(zaqar, { receiverId: id, address });
      return await setChannel(pool, { id, channel: { ...channel } });
    } catch (error) {
      await removeChannel(zaqar, { queue_name: queueOf(id) }).catch((left: unknown) => {
        this.#parts.logger.warn(
          { err: left, queue: queueOf(id) },
          "a queue of no receiver may be left in Zaqar",
        );
      });
      await deleteReceiver(pool, { scope: { projectId: row.project_id }, id });
      throw error;
    }
  }

  /** Removes a receiver's queue, before the receiver itself. Of a user who let nobody act any more it stays in Zaqar. */
  async release(row: ReceiverRow): Promise<void> {
    const { access, logger } = this.#parts;
    const channel = channelOf(row);
    try {
      await removeChannel(await zaqarFor(access, this.#parts.zaqar, ownerOf(row)), channel);
    } catch (error) {
      if (!(error instanceof AccessRefusal) || error.kind !== "forbidden") throw error;
      logger.warn({ err: error, queue: channel.queue_name }, "a deleted receiver's queue is left in Zaqar");
    }
  }

  /** Starts what messages ask for that wait for a receiver; returns when those of this moment have been read. */
  async take(row: ReceiverRow): Promise<void> {
    const running = this.#rounds.get(row.id);
    if (running !== undefined) {
      running.again = true;
      return await running.done;
    }
    const round = { again: true, done: Promise.resolve() };
    round.done = (async () => {
      while (round.again) {
        round.again = false;
        await this.#takeOnce(row);
      }
    })().finally(() => this.#rounds.delete(row.id));
    this.#rounds.set(row.id, round);
    return await round.done;
  }

  async #takeOnce(receiver: ReceiverRow): Promise<void> {
    const { pool, access, hasRoom } = this.#parts;
    const zaqar = await zaqarFor(access, this.#parts.zaqar, ownerOf(receiver));
    const queue = channelOf(receiver).queue_name;
    await takeMessages(pool, {
      ...{ zaqar, receiver, queue },
      hasRoom: () => hasRoom(receiver.id),
      permit: (owner, rule) => expectOwnerMay(access, owner, rule),
    });
  }

  /** Looks for messages of all receivers, one after the other; what fails waits for the next look. */
  async takeAll(): Promise<void> {
    for (let after: string | null = null; ; ) {
      const page: ReceiverRow[] = await listMessageReceivers(this.#parts.pool, { after, limit: 100 });
      for (const row of page)
        await this.take(row).catch((error: unknown) => {
          this.#parts.logger.warn({ err: error, receiver: row.id }, "a receiver's messages can't be read");
        });
      after = page.at(-1)?.id ?? null;
      if (after === null) return;
    }
  }

  /** Looks for forgotten messages every so often, until it is stopped. */
  watch(seconds: number): Rounds {
    return startRounds({
      pauseMs: seconds * 1000,
      pausesFirst: true,
      round: () => this.takeAll(),
      failed: (error) => this.#parts.logger.warn({ err: error }, "receivers can't be listed"),
    });
  }
}

function ownerOf(row: { readonly project_id: string; readonly user_id: string }) {
  return { projectId: row.project_id, userId: row.user_id };
}

function channelOf({ id, channel }: ReceiverRow): MessageChannel {
  const { subscription } = channel;
  return { queue_name: queueOf(id), ...(typeof subscription === "string" && { subscription }) };
}
