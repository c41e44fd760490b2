import { setTimeout as sleep } from "node:timers/promises";
import { Context } from "@temporalio/activity";
import { Client, Connection, type WorkflowHandle } from "@temporalio/client";
import { ApplicationFailure } from "@temporalio/common";
import { DefaultLogger, NativeConnection, Runtime, Worker } from "@temporalio/worker";
import { growsSize, statusDuring } from "../../engine/actions/cluster-status.ts";
import { createScriptedWorld, type ScriptedWorld } from "../../engine/local/fake-world.ts";
import { localEffects } from "../../engine/local/local-effects.ts";
import type { LocalEvent } from "../../engine/local/local-records.ts";
import { clustersToHold, runStart } from "../../engine/local/run-locally.ts";
import { settleClusters } from "../../engine/local/settle-clusters.ts";
import { type Clock, systemClock } from "../../engine/worker/clock.ts";
import { workflowBundle } from "../../engine/worker/workflow-bundle.ts";
import type { Plan } from "../../grammar/plan.ts";
import type {
  FinishRequest,
  LocalActivities,
  OutsideActivities,
  RunStart,
} from "../../workflows/activities.ts";
import type { Effects } from "../../workflows/effects.ts";
import { RunFailure } from "../../workflows/run-failure.ts";
import { schemas } from "./fixture.ts";
import { type Observation, observe, prepareWorld } from "./observe.ts";
import { answerTo, inputsOf, overrideOf } from "./run-locally.ts";
import type { Scenario } from "./scenario.ts";
import { noticedCancel, pendingOf } from "./stillness.ts";

/** Runs scenarios as real workflows: the interpreter's bundle, a real server, activities over records in memory. */
export interface TemporalRuns {
  observe(plan: Plan, scenario: Scenario): Promise<Observation>;
  close(): Promise<void>;
}

/** One run, from its begin to its observation. */
interface Session {
  readonly plan: Plan;
  readonly scenario: Scenario;
  readonly world: ScriptedWorld;
  readonly events: LocalEvent[];
  /** Short steps by name and call: Temporal may run one twice, and the engine does each once. */
  readonly done: Map<string, Promise<unknown>>;
  /** Of the run's waits for locks. */
  readonly over: AbortController;
  clusterIds: readonly string[];
  /** A run whose first task was lost begins once more with what it began with. */
  start: RunStart | null;
  /** Signals on their way to the run, which its history does not tell of. */
  signals: number;
  ended: FinishRequest | null;
}

/** How long no driver is called before the tries within one activity have come as far as they can: their pauses take 1 ms. */
const quietMs = 200;

/** Far more than any scenario takes. */
const patienceMs = 900_000;

/** The end of a run's history, and why its last workflow task failed, if one did. */
async function stuckAt(handle: WorkflowHandle): Promise<string> {
  const { events = [] } = await handle.fetchHistory();
  await handle.terminate("stuck");
  const failure = events?.findLast((event) => event.workflowTaskFailedEventAttributes != null);
  const why = failure?.workflowTaskFailedEventAttributes?.failure?.message ?? "no task failed";
  const last = events?.slice(-6).map((event) => JSON.stringify(event).slice(0, 300));
  return [why, ...(last ?? [])].join("\n");
}

/** For activities: much quicker, since the library's actions wait for seconds and minutes. */
const hastyClock: Clock = {
  now: () => hastyStart + (systemClock.now() - hastyStart) * haste,
  sleep: (milliseconds, signal) => systemClock.sleep(Math.ceil(milliseconds / haste), signal),
};
const haste = 20_000;
const hastyStart = systemClock.now();

/** Opens a worker of one's own on a server. */
export async function openTemporalRuns(address: string): Promise<TemporalRuns> {
  quietRuntime();
  const taskQueue = `differential-${process.pid}-${Date.now()}`;
  const connection = await NativeConnection.connect({ address });
  const clientConnection = await Connection.connect({ address });
  const client = new Client({ connection: clientConnection });
  const sessions = new Map<string, Session>();
  const worker = await Worker.create({
    connection,
    taskQueue,
    workflowBundle: { codePath: await workflowBundle() },
    activities: activitiesOf(sessions, client),
    maxConcurrentActivityTaskExecutions: 500,
    maxConcurrentLocalActivityExecutions: 200,
    maxConcurrentWorkflowTaskExecutions: 100,
    maxEagerActivityReservationsPerWorkflowTask: 100,
    maxHeartbeatThrottleInterval: "50ms",
  });
  const running = worker.run();
  let count = 0;
  return {
    async observe(plan, scenario) {
      count += 1;
      const actionId = `${taskQueue}-${count}`;
      const world = createScriptedWorld({ plan, schemas, clock: hastyClock });
      const session: Session = {
        plan,
        scenario,
        world,
        events: [],
        done: new Map(),
        over: new AbortController(),
        clusterIds: [],
        start: null,
        signals: 0,
        ended: null,
      };
      const patience = new AbortController();
      prepareWorld(world, scenario, () => cancelFromWithin(session, client.workflow.getHandle(actionId)));
      sessions.set(actionId, session);
      try {
        const handle = await client.workflow.start(scenario.action, {
          args: [{ actionId, planHash: plan.hash }],
          taskQueue,
          workflowId: actionId,
        });
        const failed: unknown = await Promise.race([
          handle.result().then(
            () => null,
            (error: unknown) => error,
          ),
          sleep(patienceMs, "stuck", patience),
          ...(scenario.cancelWhenStill === true ? [cancelWhenStill(session, handle)] : []),
        ]);
        if (failed === "stuck") throw new Error(`the run is stuck: ${await stuckAt(handle)}`);
        while (session.signals > 0) await sleep(5); // those that come too late, too
        if (session.ended === null) throw new Error("the run ended without its last step", { cause: failed });
        return observe(world, session.ended, session.events);
      } finally {
        patience.abort();
        session.over.abort();
        sessions.delete(actionId);
      }
    },
    async close() {
      worker.shutdown();
      await running;
      await connection.close();
      await clientConnection.close();
    },
  };
}

let quiet = false;

/** Thousands of runs fail as they should: the worker's log of it is of no use. One runtime a process. */
function quietRuntime(): void {
  if (!quiet) Runtime.install({ logger: new DefaultLogger("ERROR"), shutdownSignals: [] });
  quiet = true;
}

/** Sends a cancel from within a call when all else has come as far as it can, and lets the call go on when the run has heard of it. */
async function cancelFromWithin(session: Session, handle: WorkflowHandle): Promise<void> {
  const context = Context.current();
  const { activityId } = context.info;
  const beat = setInterval(() => context.heartbeat(), 30);
  try {
    await untilStill(session, handle, new Set([activityId]));
    await handle.cancel();
    while (session.ended === null) {
      const { events } = await handle.fetchHistory();
      const noticed = noticedCancel(events ?? [], activityId);
      if (noticed === "is cancelled") await context.cancelled.catch(() => {}); // the heartbeat brings it
      if (noticed !== null) return;
      await sleep(20);
    }
  } finally {
    clearInterval(beat);
  }
}

/** Cancels a run that waits for nothing but long waits. Never ends where the run does so before. */
async function cancelWhenStill(session: Session, handle: WorkflowHandle): Promise<never> {
  await untilStill(session, handle, new Set()).catch(() => {}); // it has ended meanwhile
  if (session.ended === null) await handle.cancel().catch(() => {});
  return await new Promise<never>(() => {});
}

/** Returns when a run waits for nothing but `activities` and what takes an hour or more. */
async function untilStill(
  session: Session,
  handle: WorkflowHandle,
  activities: ReadonlySet<string>,
): Promise<void> {
  const { calls } = session.world.drivers;
  for (let quiet = 0, before = calls.length; session.ended === null; quiet += 20) {
    await sleep(20);
    if (calls.length !== before) quiet = 0;
    before = calls.length;
    if (quiet < quietMs || session.signals > 0) continue;
    const { events } = await handle.fetchHistory();
    const pending = pendingOf(events ?? []);
    const others = [...pending.activities].filter((id) => !activities.has(id));
    const moves = pending.workflowTask || pending.shortTimer || others.length > 0;
    if (!moves && session.signals === 0 && calls.length === before) return;
  }
}

/** Sends a signal, which may come too late. */
async function signal(session: Session, sending: () => Promise<unknown>): Promise<void> {
  session.signals += 1;
  try {
    await sending();
  } catch {
    // the run has ended meanwhile
  } finally {
    session.signals -= 1;
  }
}

type Activities = Omit<LocalActivities, "readNodes"> & OutsideActivities;

function activitiesOf(sessions: ReadonlyMap<string, Session>, client: Client): Activities {
  const sessionOf = (actionId: string): Session => {
    const session = sessions.get(actionId);
    if (session === undefined) throw ApplicationFailure.nonRetryable(`no session ${actionId}`, "no-session");
    return session;
  };
  /** The same effects as a local run has, with this activity's own cancel. */
  const effectsOf = (session: Session): Effects =>
    localEffects(session.world, {
      clusterIds: session.clusterIds,
      cancel: Context.current().cancellationSignal,
      tell: { event: (event) => session.events.push(event) },
      plan: session.plan,
    });
  /** A call that Temporal repeats, because the machine stood still, is the one that goes on: the engine's intents see to that. */
  const outside = async <T>(
    q: { readonly actionId: string; readonly callId: string },
    work: (effects: Effects) => Promise<T>,
  ): Promise<T> => {
    const { done } = sessionOf(q.actionId);
    const key = `call ${JSON.stringify(q)}`;
    const before = done.get(key);
    if (before !== undefined) return (await before) as T; // the same request has the same outcome
    const now = outsideOnce(q.actionId, work);
    done.set(key, now);
    return await now;
  };
  const outsideOnce = async <T>(actionId: string, work: (effects: Effects) => Promise<T>): Promise<T> => {
    const session = sessionOf(actionId);
    const context = Context.current();
    const beat = setInterval(() => context.heartbeat(), 1_000);
    try {
      return await work(effectsOf(session));
    } finally {
      clearInterval(beat);
    }
  };
  const record = <Name extends keyof Effects["records"]>(name: Name): Effects["records"][Name] =>
    (async (q: { readonly actionId: string; readonly callId?: string; readonly events?: unknown }) => {
      const session = sessionOf(q.actionId);
      const key = `${name} ${q.callId ?? JSON.stringify(q.events)}`;
      try {
        const before = session.done.get(key);
        if (before !== undefined) return await before;
        const step = effectsOf(session).records[name] as (q: unknown) => Promise<unknown>;
        const now = step(q);
        session.done.set(key, now);
        return await now;
      } catch (error) {
        if (!(error instanceof RunFailure)) throw error;
        throw ApplicationFailure.nonRetryable(error.failure.message, error.failure.code);
      }
    }) as Effects["records"][Name]; // each takes what it takes, and an actionId
  const shown = { summary: "", shielded: false };
  const recordEvents = record("recordEvents");
  const openApproval = record("openApproval");
  const takeLocks = record("takeLocks");
  return {
    beginAction: async ({ actionId }) => {
      const session = sessionOf(actionId);
      if (session.start !== null) return session.start;
      const { world, plan, scenario } = session;
      const { store } = world;
      const inputs = inputsOf(scenario);
      const held = clustersToHold(store, plan.actions[scenario.action]!, inputs);
      const status = statusDuring(scenario.action);
      if (status !== null) for (const cluster of held) store.setCluster({ ...cluster, status });
      session.clusterIds = held.map((cluster) => cluster.id);
      const { action } = scenario;
      const request = { plan, action, inputs, actionId, override: overrideOf(scenario) };
      session.start = structuredClone(runStart(store, request, session.clusterIds));
      return session.start;
    },
    operateNodes: (q) => outside(q, (effects) => effects.operate(q, shown)),
    waitUntil: (q) => outside(q, (effects) => effects.waitUntil(q, shown)),
    invokeFunction: (q) => outside(q, (effects) => effects.invoke(q, shown)),
    shareLock: (q) => outside(q, (effects) => effects.shareLock(q, shown)),
    consultPolicy: (q) => outside(q, (effects) => effects.consult(q, shown)),
    addNodes: record("addNodes"),
    setSize: record("setSize"),
    setProfile: record("setProfile"),
    removeCluster: record("removeCluster"),
    changeRecords: record("changeRecords"),
    openLifecycles: record("openLifecycles"),
    closeLifecycles: record("closeLifecycles"),
    recordEvents: ({ actionId, events }) => {
      // a repeated workflow task may put the same events together in another way: each has its own id
      const { done } = sessionOf(actionId);
      const fresh = events.filter(({ callId }) => !done.has(`event ${callId}`));
      for (const { callId } of fresh) done.set(`event ${callId}`, Promise.resolve());
      return recordEvents({ actionId, events: fresh });
    },
    closeApproval: record("closeApproval"),
    releaseLocks: record("releaseLocks"),
    async openApproval(q) {
      await openApproval(q);
      const session = sessionOf(q.actionId);
      const answer = answerTo(session.scenario, q.message);
      if (answer === "absent") return;
      const handle = client.workflow.getHandle(q.actionId);
      void signal(session, () => handle.signal("answer", { callId: q.callId, answer, by: "test" }));
    },
    async takeLocks(q) {
      const session = sessionOf(q.actionId);
      const held = await takeLocks(q);
      if (!held) {
        const handle = client.workflow.getHandle(q.actionId);
        void session.world.locks
          .wait({ ...q, withinMs: haste * patienceMs }, session.over.signal)
          .then((granted) =>
            granted ? signal(session, () => handle.signal("locks_granted", { callId: q.callId })) : undefined,
          );
      }
      return held;
    },
    async finishAction(end) {
      const session = sessionOf(end.actionId);
      settleClusters(session.world.store, session.clusterIds, {
        targetId: null,
        evaluate: true,
        grew: end.status !== "SUCCEEDED" && growsSize(session.scenario.action),
      });
      session.world.locks.releaseAll(end.actionId);
      session.ended = end;
    },
  };
}
