import { proxyLocalActivities, workflowInfo } from "@temporalio/workflow";
import type { Value } from "../grammar/plan.ts";
import type { TriggerActivities, TriggerInput } from "./activities.ts";

const triggers = proxyLocalActivities<TriggerActivities>({
  startToCloseTimeout: "30s",
  retry: { initialInterval: "200ms", backoffCoefficient: 2, maximumInterval: "10s" },
});

/**
 * What a Temporal Schedule starts: it asks for the trigger's action and ends. Its own id holds the nominal time, so a
 * repeat asks for the same action. Returns the action's id, or why none was started.
 */
export async function submitTrigger(input: TriggerInput): Promise<Value> {
  const { actionId, note } = await triggers.fireSchedule({
    triggerId: input.triggerId,
    requestKey: workflowInfo().workflowId,
  });
  return { actionId, note };
}
