import { AccessRefusal } from "../access/access-refusal.ts";
import type { Access } from "../access/create-access.ts";
import { Refusal } from "../actions/refusal.ts";
import { type ZaqarConfig, zaqarFor } from "../receivers/message-service.ts";
import { CannotTell, type LifecycleTeller } from "./tell-lifecycles.ts";

/** Senlin's: a listener has so long to read a message. */
const ttlSeconds = 300;

/** Hooks of type zaqar: a message in their queue, in the name of the cluster's owner. */
export function queueTeller(q: { readonly access: Access; readonly zaqar: ZaqarConfig }): LifecycleTeller {
  return {
    type: "zaqar",
    target: "queue",
    show: (queue) => `queue "${queue}"`,
    async tell(row, message) {
      try {
        const zaqar = await zaqarFor(q.access, q.zaqar, { projectId: row.project_id, userId: row.user_id });
        await zaqar.makeQueue(row.target, { description: "Nodes that are to go" });
        await zaqar.post(row.target, { body: message, ttlSeconds });
      } catch (error) {
        if (!(error instanceof Refusal || error instanceof AccessRefusal)) throw error;
        throw new CannotTell(error.message, { retryable: true });
      }
    },
  };
}
