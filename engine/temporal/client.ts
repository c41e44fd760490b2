import { Client, Connection } from "@temporalio/client";

export const taskQueue = "coppice";

/**
 * A client that connects when it is first used, so that it can be made while Temporal is down. Give calls a deadline.
 */
export function createTemporalClient(q: { address: string; namespace?: string }): Client {
  return new Client({
    connection: Connection.lazy({ address: q.address }),
    namespace: q.namespace ?? "default",
  });
}

/** Whether Temporal answers, within a second or two. */
export async function isTemporalReachable(client: Client): Promise<boolean> {
  try {
    await client.withDeadline(Date.now() + 1500, () =>
      client.workflowService.describeNamespace({ namespace: client.options.namespace }),
    );
    return true;
  } catch {
    return false;
  }
}
