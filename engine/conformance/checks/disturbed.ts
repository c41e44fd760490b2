import { type Check, CheckFailure, describeFailure } from "../check.ts";
import { type Made, type More, type Place, type ProfileBench, physicalIdOf } from "../profile-bench.ts";
import { lost } from "../wire.ts";
import type { Outcome } from "../workbench.ts";
import { stillThere, updateKey, updateOf } from "./update.ts";

/** How a call is broken off at one of its requests: that request has its effect, its sender never learns of it. */
interface Break {
  readonly name: string;
  /** `when the reply to a request is lost`. */
  readonly title: string;
  readonly proves: string;
}

const breaks: readonly Break[] = [
  {
    name: "lost-reply",
    title: "when the reply to one of its requests is lost",
    proves: "a connection that breaks says nothing about what was done",
  },
  {
    name: "timeout",
    title: "when its time is over in the middle",
    proves: "the engine gives a call up when its time is over, and tries again",
  },
  {
    name: "crash",
    title: "when its process is killed in the middle, and another worker takes over",
    proves: "machines fail; what was begun must be found or finished",
  },
  {
    name: "cancel",
    title: "when it is cancelled in the middle",
    proves: "a cancelled action cleans up what its calls began",
  },
];

/** What is broken off, and how the engine goes on after it. */
interface Work {
  readonly operation: string;
  readonly title: string;
  readonly after: readonly string[];
  readonly applies?: (bench: ProfileBench) => boolean;
  readonly skip?: (bench: ProfileBench) => string | null;
  /** Every call to break: where, which operation, with what. */
  prepare(bench: ProfileBench): Promise<readonly Task[]>;
}

interface Task {
  readonly operation: string;
  readonly place: Place;
  readonly more: More;
  /** After the break: asks again as the engine would, and looks at what is there then. */
  recover(cancelled: boolean): Promise<void>;
}

const works: readonly Work[] = [
  {
    operation: "create",
    title: "creates once",
    after: ["create-repeat", "find-by-key", "delete-by-key"],
    async prepare(bench) {
      const place = bench.fresh();
      return [{ operation: "create", place, more: {}, recover: (c) => recoverCreate(bench, place, c) }];
    },
  },
  {
    operation: "update",
    title: "updates once",
    after: ["update-repeat"],
    applies: (bench) => bench.schema.operations["update"] !== undefined,
    skip: (bench) => (bench.case.changes.length === 0 ? "conformance.json names no changes" : null),
    async prepare(bench) {
      const tasks: Task[] = [];
      for (const changes of bench.case.changes) {
        const made = await bench.make();
        const more = updateOf(bench, made, changes);
        const place = updateKey(made);
        tasks.push({ operation: "update", place, more, recover: () => recoverUpdate(bench, made, more) });
      }
      return tasks;
    },
  },
  {
    operation: "delete",
    title: "deletes to the end",
    after: ["delete-repeat"],
    async prepare(bench) {
      const made = await bench.make();
      const more = { physicalId: made.physicalId };
      return [{ operation: "delete", place: made, more, recover: () => recoverDelete(bench, made) }];
    },
  },
  {
    operation: "operations",
    title: "finishes a further operation",
    after: ["operations-repeat"],
    applies: (bench) => bench.furtherOperations().length > 0,
    async prepare(bench) {
      const tasks: Task[] = [];
      for (const operation of bench.furtherOperations()) {
        const made = await bench.make();
        const place = { ...made, key: `${made.key}-${operation}` };
        const more = { physicalId: made.physicalId };
        const recover = async () => void (await bench.operate(operation, place, more));
        tasks.push({ operation, place, more, recover });
      }
      return tasks;
    },
  },
];

/** Each work under each break, at each of its requests (the first and the last ones, where there are many). */
export const disturbedChecks: readonly Check<ProfileBench>[] = works.flatMap((work) =>
  breaks.map(
    (broken): Check<ProfileBench> => ({
      name: `${work.operation}-${broken.name}`,
      title: `${work.title}, ${broken.title}`,
      proves: broken.proves,
      after: work.after,
      applies: (bench) => work.applies?.(bench) ?? true,
      skip: (bench) => work.skip?.(bench) ?? null,
      run: (bench) => breakEverywhere(bench, work, broken),
    }),
  ),
);

const cutsAtMost = 6;

async function breakEverywhere(bench: ProfileBench, work: Work, broken: Break): Promise<void> {
  const plain = await Promise.all(
    (await work.prepare(bench)).map(({ operation, place, more }) => bench.attempt(operation, place, more)),
  );
  const most = Math.max(...plain.map((outcome) => outcome.requests));
  for (const at of cutsOf(most)) {
    const tasks = await work.prepare(bench);
    for (const [i, task] of tasks.entries()) {
      const before = plain[i];
      if (before === undefined || before.requests < at) continue;
      await breakOff(bench, task, broken, at, before);
    }
  }
}

/** All of few requests; of many, those at the beginning and at the end. */
function cutsOf(requests: number): readonly number[] {
  const all = Array.from({ length: requests }, (_, i) => i + 1);
  return requests <= cutsAtMost ? all : [...all.slice(0, cutsAtMost / 2), ...all.slice(-cutsAtMost / 2)];
}

async function breakOff(
  bench: ProfileBench,
  task: Task,
  broken: Break,
  at: number,
  plain: Outcome,
): Promise<void> {
  const where = `${task.operation}, broken off after request ${at} of ${plain.requests}`;
  const outcome = await attemptBroken(bench, task, broken.name, at, plain.milliseconds);
  if (!outcome.ok && broken.name === "lost-reply" && !outcome.failure.retryable)
    throw new CheckFailure(`${where}: it failed: ${describeFailure(outcome.failure)}`, {
      help: "a reply that was lost says nothing: pass the host's error on, or let your own be retryable",
    });
  try {
    await task.recover(broken.name === "cancel");
  } catch (error) {
    if (!(error instanceof CheckFailure)) throw error;
    const help = error.help === undefined ? {} : { help: error.help };
    throw new CheckFailure(`${where}, and then asked again: ${error.message}`, { ...help, cause: error });
  }
}

async function attemptBroken(
  bench: ProfileBench,
  { operation, place, more }: Task,
  how: string,
  at: number,
  usualMs: number,
): Promise<Outcome> {
  const never = new Promise<never>(() => {});
  const cancel = new AbortController();
  const then = (): Promise<never> => {
    if (how === "lost-reply") return Promise.reject(lost("the reply was lost on its way"));
    if (how === "crash") bench.workbench.killGuests();
    if (how === "cancel") cancel.abort();
    return never;
  };
  const outcome = await bench.attempt(operation, place, more, {
    disturbance: { kind: "after", at, then },
    signal: cancel.signal,
    ...(how === "timeout" ? { timeoutMs: Math.ceil(usualMs * 2 + 500) } : {}),
  });
  if (how === "crash") await bench.workbench.restart();
  return outcome;
}

async function recoverCreate(bench: ProfileBench, place: Place, cancelled: boolean): Promise<void> {
  if (!cancelled) {
    const found = await bench.find(place);
    const made = { ...place, physicalId: physicalIdOf(await bench.operate("create", place)) };
    if (found !== null && found !== made.physicalId) {
      bench.remember(place, made.physicalId);
      throw new CheckFailure(`it made ${made.physicalId} beside ${found}`, {
        help: "look for the key before anything is made, or let the outside refuse a second one",
      });
    }
    await bench.settles(made, "should run", async () => (await bench.look(made)).running);
  }
  await bench.operate("delete", place);
  await bench
    .settles(place, "should be gone", async () => (await bench.find(place)) === null)
    .catch(() => {
      throw new CheckFailure("something is left with this key after delete: there were two", {
        help: "make the resource under a name that the key gives, so that there can be only one",
      });
    });
}

async function recoverUpdate(bench: ProfileBench, made: Made, more: More): Promise<void> {
  const answer = await bench.operate("update", updateKey(made), more);
  const now = answer === null ? made.physicalId : physicalIdOf(answer);
  if (now !== made.physicalId) bench.remember(updateKey(made), now);
  await stillThere(bench, made, now);
}

async function recoverDelete(bench: ProfileBench, made: Made): Promise<void> {
  await bench.operate("delete", made, { physicalId: made.physicalId });
  await bench.settles(made, "should not be found any more", async () => (await bench.find(made)) === null);
}
