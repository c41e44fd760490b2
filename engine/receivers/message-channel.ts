import type { Zaqar } from "./zaqar.ts";

/** What a message receiver is reached by; kept with it. */
export interface MessageChannel {
  readonly queue_name: string;
  /** Of the queue, to us; absent until it is made. */
  readonly subscription?: string;
}

/** The queue of a receiver, which Senlin names so, too. */
export function queueOf(receiverId: string): string {
  return `senlin-receiver-${receiverId}`;
}

/** Makes a receiver's queue, of which each message is told to `address`. May be repeated: the queue stays. */
export async function makeChannel(
  zaqar: Zaqar,
  q: { readonly receiverId: string; readonly address: string },
): Promise<MessageChannel> {
  const queue = queueOf(q.receiverId);
  await zaqar.makeQueue(queue, { description: `Messages to receiver ${q.receiverId}` });
  return { queue_name: queue, subscription: await zaqar.subscribe(queue, q.address) };
}

/** Removes both again, with messages that nobody has read. May be repeated. */
export async function removeChannel(zaqar: Zaqar, channel: MessageChannel): Promise<void> {
  if (channel.subscription !== undefined) await zaqar.unsubscribe(channel.queue_name, channel.subscription);
  await zaqar.deleteQueue(channel.queue_name);
}
