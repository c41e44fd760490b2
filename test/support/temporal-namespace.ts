import { randomBytes } from "node:crypto";
import { Connection } from "@temporalio/client";
import { serviceAddress } from "./database.ts";

/** A namespace of one's own on the run's Temporal: workers of several test files at once share one task queue otherwise. */
export async function newTemporalNamespace(): Promise<string> {
  const connection = await Connection.connect({ address: await serviceAddress("temporal") });
  const namespace = `test-${randomBytes(6).toString("hex")}`;
  try {
    await connection.workflowService.registerNamespace({
      namespace,
      workflowExecutionRetentionPeriod: { seconds: 86_400 as unknown as Long },
    });
    return namespace;
  } finally {
    await connection.close();
  }
}

type Long = NonNullable<
  NonNullable<
    Parameters<Connection["workflowService"]["registerNamespace"]>[0]["workflowExecutionRetentionPeriod"]
  >["seconds"]
>;
