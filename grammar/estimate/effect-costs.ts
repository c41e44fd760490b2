/**
 * What an effect costs in a history: events and bytes, from above. Counted in recorded histories (`test/histories`); a
 * test compares. An activity is scheduled, started and completed, and brings a workflow task of three events with it.
 */
export const effectCosts = {
  /** Start, first workflow task, `beginAction`, `finishAction`, end; a cancel and its workflow task. */
  run: { events: 11, bytes: 6_000 },
  activity: { events: 6, bytes: 1_700 },
  timer: { events: 5, bytes: 650 },
  /** A local activity is one marker. */
  record: { events: 1, bytes: 450 },
  /** Two records, a timer, the answer, two workflow tasks. */
  approval: { events: 13, bytes: 3_500 },
  lock: { events: 13, bytes: 3_500 },
} as const;

/** Bytes of one node in a request and its answer, without arguments and results. */
export const bytesOfOperatedNode = 75 + 320;
/** Bytes of a node's id in a request. */
export const bytesOfNodeId = 45;
/** Bytes of what was seen of a node. */
export const bytesOfSeenNode = 250;
/** Bytes of one item of `wait until` over one node: in the request, and what was seen. */
export const bytesOfWatchedNode = 150 + bytesOfNodeId + bytesOfSeenNode;
/** Bytes of a node's record, as a run reads it at its start or makes it. */
export const bytesOfNodeRecord = 330;
/** A page of the nodes that a run reads at its start. */
export const nodesPerPage = 2_500;
/** New nodes in one record (`workflows/steps/primitive.ts`). */
export const nodesPerRecord = 1_500;
/** Events of `emit` in one record (`workflows/steps/emit.ts`). */
export const eventsPerRecord = 500;
/** Bytes of what one policy decided. */
export const bytesOfDecision = 400;
/** Driver calls that one worker makes at once (`engine/worker/create-activities.ts`). */
export const callsAtOnce = 64;

/** Nodes that travel in one activity (`workflows/steps/operate.ts`; a test compares). */
export function nodesPerActivity(count: number): number {
  return Math.min(250, Math.max(25, Math.ceil(count / 16)));
}

/** Items of `wait until` that travel in one activity (`workflows/steps/waits.ts`). */
export function watchedPerActivity(count: number): number {
  return Math.max(25, Math.ceil(count / 16));
}

/** A run that grows beyond these is ended by the engine, in time to undo (`workflows/temporal-effects.ts`). */
export const maximumEvents = 40_000;
export const maximumBytes = 40_000_000;
