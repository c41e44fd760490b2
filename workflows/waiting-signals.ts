import { defineSignal, defineUpdate, setHandler } from "@temporalio/workflow";
import type { ApproveOutcome } from "./activities.ts";

/** What a person answers, as `coppice approve` and Temporal's UI send it. */
export interface Answer {
  /** Which question; may be left out while there is only one. */
  readonly callId?: string;
  readonly answer: "granted" | "refused";
  readonly by?: string;
  readonly reason?: string;
}

/** `answer`: the signal that brings an answer; what doesn't read as one is passed over. */
export const answerSignal = defineSignal<[unknown]>("answer");
/** The same as an update, which tells its sender what is wrong with it. */
export const answerUpdate = defineUpdate<string, [unknown]>("answer");
/** `locks_granted`: the locks of a call are held now. */
export const locksGrantedSignal = defineSignal<[{ readonly callId: string }]>("locks_granted");

/** `lifecycle_completed`: the lifecycle of a call's node is complete. */
export const lifecycleCompletedSignal = defineSignal<[{ readonly callId: string }]>("lifecycle_completed");

/** Answers and locks that came for this run, kept until a step asks for them. */
export interface WaitingSignals {
  /** Notes that a question waits for its answer. */
  open(callId: string): void;
  close(callId: string): void;
  answerTo(callId: string): ApproveOutcome | undefined;
  hasLocks(callId: string): boolean;
  isComplete(callId: string): boolean;
}

/** Registers the handlers; must be done before the run's first step, so that nothing is missed. */
export function receiveSignals(): WaitingSignals {
  const open = new Set<string>();
  const answers = new Map<string, ApproveOutcome>();
  const locks = new Set<string>();
  const complete = new Set<string>();
  const unnamed: ApproveOutcome[] = [];

  const take = (given: Answer): void => {
    const { callId = [...open].find((id) => !answers.has(id)) } = given;
    const outcome = { answer: given.answer, by: given.by || "Temporal's UI", reason: given.reason || null };
    if (callId === undefined) unnamed.push(outcome);
    else if (!answers.has(callId)) answers.set(callId, outcome); // the first answer counts
  };
  setHandler(
    answerSignal,
    (given) => {
      if (mistakeIn(given) === null) take(given as Answer);
    },
    { description: `Answers a question: ${example}` },
  );
  setHandler(
    answerUpdate,
    (given) => {
      take(given as Answer); // the validator has looked at it
      return "taken";
    },
    {
      description: `Answers a question: ${example}`,
      validator(given) {
        const mistake = mistakeIn(given) ?? misfit(given as Answer, open, answers);
        if (mistake !== null) throw new Error(mistake);
      },
    },
  );
  setHandler(locksGrantedSignal, ({ callId }) => void locks.add(callId), {
    description: "Sent by the engine when locks become free.",
  });
  setHandler(lifecycleCompletedSignal, ({ callId }) => void complete.add(callId), {
    description: "Sent by the engine when a node's lifecycle is complete.",
  });
  return {
    open(callId) {
      open.add(callId);
      const early = answers.has(callId) ? undefined : unnamed.shift();
      if (early !== undefined) answers.set(callId, early);
    },
    close: (callId) => void open.delete(callId),
    answerTo: (callId) => answers.get(callId),
    hasLocks: (callId) => locks.has(callId),
    isComplete: (callId) => complete.has(callId),
  };
}

const example = '{"answer": "granted", "by": "your name", "reason": "why"}, or "refused"';

function mistakeIn(given: unknown): string | null {
  if (typeof given !== "object" || given === null) return `send an object such as ${example}`;
  const { answer, callId, by, reason } = given as Readonly<Record<string, unknown>>;
  if (answer !== "granted" && answer !== "refused") return `"answer" is "granted" or "refused": ${example}`;
  for (const [name, value] of Object.entries({ callId, by, reason })) {
    if (value !== undefined && typeof value !== "string") return `"${name}" is a text: ${example}`;
    if (typeof value === "string" && value.length > 2_000) return `"${name}" is longer than 2,000 characters`;
  }
  return null;
}

function misfit(
  { callId }: Answer,
  open: ReadonlySet<string>,
  answers: ReadonlyMap<string, unknown>,
): string | null {
  const waiting = [...open].filter((id) => !answers.has(id));
  if (waiting.length === 0) return "this run asks nothing now";
  if (callId === undefined)
    return waiting.length === 1 ? null : `name the question: "callId" is one of ${waiting.join(", ")}`;
  return waiting.includes(callId) ? null : `no question ${callId} is open; open: ${waiting.join(", ")}`;
}
