import { Client, Connection } from "@temporalio/client";

export const taskQueue = "coppice";

/**
 * A client that connects when it is first used, so that it can be made while Temporal is down. Give calls a deadline.
 */
export function createTemporalClient(q: { address: string; namespace?: string }): Client {
  // gRPC's own pauses between attempts grow to two minutes: far too long to notice that Temporal is back.
  const channelArgs = { "grpc.initial_reconnect_backoff_ms": 100, "grpc.max_reconnect_backoff_ms": 1000 };
  return new Client({
    // No retries inside the client: who calls it knows better what to do meanwhile.
    connection: Connection.lazy({ address: q.address, channelArgs, connectTimeout: 1500, interceptors: [] }),
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
