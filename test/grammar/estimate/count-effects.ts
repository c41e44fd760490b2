import type { Effects } from "../../../workflows/effects.ts";

/** What a run needed of a history, counted as Temporal would: see `grammar/estimate/effect-costs.ts`. */
export interface Counted {
  events: number;
  bytes: number;
  operations: number;
}

/** Scheduled, started, completed, and the workflow task that looks at it. */
const activityEvents = 6;
/** Of these events without their payloads, as recorded histories have them. */
const activityBytes = 1_300;

/** The same effects, counted. An activity is 6 events, a timer 5, a record 1, a wait for people or locks 9. */
export function countEffects(effects: Effects, counted: Counted): Effects {
  const count = (events: number, bytes: number, ...payloads: readonly unknown[]) => {
    counted.events += events;
    counted.bytes +=
      bytes + payloads.reduce<number>((sum, one) => sum + JSON.stringify(one ?? null).length, 0);
  };
  const activity =
    <Q, O, R>(work: (q: Q, options: O) => Promise<R>) =>
    async (q: Q, options: O): Promise<R> => {
      const outcome = await work(q, options);
      count(activityEvents, activityBytes, q, outcome, options);
      return outcome;
    };
  const records = Object.fromEntries(
    Object.entries(effects.records).map(([name, record]) => [
      name,
      async (q: never) => {
        const outcome: unknown = await (record as (q: never) => Promise<unknown>)(q);
        count(1, 250, outcome);
        return outcome;
      },
    ]),
  ) as unknown as Effects["records"]; // the same names, each with the same request and answer
  return {
    ...effects,
    records,
    operate: activity(async (q, options) => {
      counted.operations += q.items.length;
      return await effects.operate(q, options);
    }),
    waitUntil: activity((q, options) => effects.waitUntil(q, options)),
    invoke: activity((q, options) => effects.invoke(q, options)),
    sleep: async (milliseconds, options) => {
      count(5, 600);
      await effects.sleep(milliseconds, options);
    },
    approve: async (q, options) => {
      count(9, 1_500, q);
      return await effects.approve(q, options);
    },
    lock: async (q, options) => {
      count(9, 1_500, q);
      return await effects.lock(q, options);
    },
  };
}
