import { ApplicationFailure } from "@temporalio/common";
import type pg from "pg";
import type { TriggerActivities } from "../../workflows/activities.ts";
import { fireTrigger } from "../actions/fire-trigger.ts";
import { Refusal } from "../actions/refusal.ts";

/** What the workflow of a schedule does. A refused action fails it, so that Temporal's UI shows why. */
export function createTriggerActivities(pool: pg.Pool): TriggerActivities {
  return {
    async fireSchedule({ triggerId, requestKey }) {
      try {
        const fired = await fireTrigger(pool, {
          triggerId,
          requestKey,
          inputs: {},
          depth: 0,
          requestedBy: null,
        });
        return { actionId: fired.action?.id ?? null, note: fired.note };
      } catch (error) {
        if (error instanceof Refusal) throw ApplicationFailure.nonRetryable(error.message, error.code);
        throw error;
      }
    },
  };
}
