import { type Client, isGrpcServiceError, WorkflowExecutionAlreadyStartedError } from "@temporalio/client";
import type { Plan } from "../../grammar/plan.ts";
import type { RunInput } from "../../workflows/activities.ts";
import type { OutboxEntry } from "../store/outbox.ts";
import { taskQueue } from "./client.ts";
import { detailsOf, summaryOf } from "./describe-run.ts";
import { searchAttributesOf } from "./search-attributes.ts";

/** gRPC's INVALID_ARGUMENT: the same request will never be accepted. */
const invalidArgument = 3;

/** Temporal will never take this request; trying again is no use. */
export class RefusedByTemporal extends Error {}

/**
 * Starts an action's workflow: type = the action's name, id = the action's id, so that a repeat finds the first.
 * Returns the run's id, `null` when it had been started before. Throws `RefusedByTemporal`, or what the client throws
 * while Temporal can't be reached.
 */
export async function startRun(
  client: Client,
  q: { entry: OutboxEntry; plan: Plan | null; eager: boolean; attributes: boolean },
): Promise<string | null> {
  const { entry } = q;
  const input: RunInput = { actionId: entry.action_id, planHash: entry.plan_hash };
  const start = (attributes: boolean) =>
    client.withDeadline(Date.now() + 10_000, () =>
      client.workflow.start(entry.action_name, {
        args: [input],
        taskQueue,
        workflowId: entry.action_id,
        workflowIdReusePolicy: "REJECT_DUPLICATE",
        memo: { planHash: entry.plan_hash },
        staticSummary: summaryOf(entry),
        staticDetails: detailsOf(entry, q.plan),
        requestEagerStart: q.eager,
        ...(attributes && { typedSearchAttributes: attributesOf(entry, q.plan) }),
      }),
    );
  try {
    return (await startWithFallback(start, q.attributes)).firstExecutionRunId;
  } catch (error) {
    if (error instanceof WorkflowExecutionAlreadyStartedError) return null;
    if (grpcCode(error) === invalidArgument) throw new RefusedByTemporal(reasonOf(error), { cause: error });
    throw error;
  }
}

/** A namespace without our search attributes refuses them: an operator then filters less, but the action runs. */
async function startWithFallback<T>(
  start: (attributes: boolean) => Promise<T>,
  attributes: boolean,
): Promise<T> {
  try {
    return await start(attributes);
  } catch (error) {
    const unknown =
      attributes && grpcCode(error) === invalidArgument && /search attribute/i.test(reasonOf(error));
    if (!unknown) throw error;
    return start(false);
  }
}

function attributesOf(entry: OutboxEntry, plan: Plan | null) {
  return searchAttributesOf({
    project: entry.project_id,
    cluster: entry.target_name,
    action: entry.action_name,
    cause: entry.cause,
    policies: entry.policies,
    plugins: [...new Set(Object.values(plan?.plugins ?? {}).map(({ name }) => name))].sort(),
  });
}

/** The gRPC status of an error or of its cause; `null` for another kind. */
export function grpcCode(error: unknown): number | null {
  if (isGrpcServiceError(error)) return error.code;
  return error instanceof Error && error.cause !== undefined ? grpcCode(error.cause) : null;
}

/** What the server said: the innermost message. */
export function reasonOf(error: unknown): string {
  if (isGrpcServiceError(error)) return error.details;
  if (error instanceof Error) return error.cause === undefined ? error.message : reasonOf(error.cause);
  return String(error);
}
