import { setTimeout as sleep } from "node:timers/promises";
import { Context } from "@temporalio/activity";
import { Client, Connection, type WorkflowHandle } from "@temporalio/client";
import { ApplicationFailure } from "@temporalio/common";
import { DefaultLogger, NativeConnection, Runtime, Worker } from "@temporalio/worker";
import { statusDuring } from "../../engine/actions/cluster-status.ts";
import { createScriptedWorld, type ScriptedWorld } from "../../engine/local/fake-world.ts";
import { localEffects } from "../../engine/local/local-effects.ts";
import type { LocalEvent } from "../../engine/local/local-records.ts";
import { clustersToHold, runStart } from "../../engine/local/run-locally.ts";
import { settleClusters } from "../../engine/local/settle-clusters.ts";
import { type Clock, systemClock } from "../../engine/worker/clock.ts";
import { workflowBundle } from "../../engine/worker/workflow-bundle.ts";
import type { Plan } from "../../grammar/plan.ts";
import type { FinishRequest, LocalActivities, OutsideActivities } from "../../workflows/activities.ts";
import type { Effects } from "../../workflows/effects.ts";
import { RunFailure } from "../../workflows/run-failure.ts";
import { schemas } from "./fixture.ts";
import { type Observation, observe, prepareWorld } from "./observe.ts";
import { answerTo, inputsOf, overrideOf } from "./run-locally.ts";
import type { Scenario } from "./scenario.ts";

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
  /** Activities under way, and when one last began or ended. */
  busy: number;
  movedAt: number;
  ended: FinishRequest | null;
}

/**
 * How long nothing must move before a cancel is sent: by then the lanes that go on have come as far as they can. The
 * server takes its time with timers.
 */
const quietMs = 2_000;

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
        busy: 0,
        movedAt: Date.now(),
        ended: null,
      };
      prepareWorld(world, scenario, () => cancelFromWithin(session, client, actionId));
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
          sleep(patienceMs, "stuck"),
        ]);
        if (failed === "stuck") throw new Error(`the run is stuck: ${await stuckAt(handle)}`);
        if (session.ended === null) throw new Error("the run ended without its last step", { cause: failed });
        return observe(world, session.ended, session.events);
      } finally {
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

/** Sends a cancel from within a call, and lets the call go on when the run has heard of it. */
async function cancelFromWithin(session: Session, client: Client, actionId: string): Promise<void> {
  const context = Context.current();
  const beat = setInterval(() => context.heartbeat(), 30);
  try {
    while (session.busy > 1 || Date.now() - session.movedAt < quietMs) {
      await sleep(20);
      if (session.busy > 1 && Date.now() - session.movedAt > 10 * quietMs) break; // another call waits as well
    }
    await client.workflow.getHandle(actionId).cancel();
    // In undo and ensure nothing reaches this call; elsewhere the heartbeat brings it.
    await Promise.race([context.cancelled.catch(() => {}), sleep(3_000)]);
  } finally {
    clearInterval(beat);
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
    session.busy += 1;
    session.movedAt = Date.now();
    try {
      return await work(effectsOf(session));
    } finally {
      session.busy -= 1;
      session.movedAt = Date.now();
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
      const { world, plan, scenario } = session;
      const { store } = world;
      const inputs = inputsOf(scenario);
      const held = clustersToHold(store, plan.actions[scenario.action]!, inputs);
      for (const cluster of held) store.setCluster({ ...cluster, status: statusDuring(scenario.action) });
      session.clusterIds = held.map((cluster) => cluster.id);
      const { action } = scenario;
      return runStart(
        store,
        { plan, action, inputs, actionId, override: overrideOf(scenario) },
        session.clusterIds,
      );
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
      const answer = answerTo(sessionOf(q.actionId).scenario, q.message);
      if (answer === "absent") return;
      const handle = client.workflow.getHandle(q.actionId);
      void handle.signal("answer", { callId: q.callId, answer, by: "test" }).catch(() => {}); // it has ended meanwhile
    },
    async takeLocks(q) {
      const session = sessionOf(q.actionId);
      const held = await takeLocks(q);
      if (!held) {
        const handle = client.workflow.getHandle(q.actionId);
        void session.world.locks
          .wait({ ...q, withinMs: haste * patienceMs }, session.over.signal)
          .then((granted) => (granted ? handle.signal("locks_granted", { callId: q.callId }) : undefined))
          .catch(() => {}); // it has ended meanwhile
      }
      return held;
    },
    async finishAction(end) {
      const session = sessionOf(end.actionId);
      settleClusters(session.world.store, session.clusterIds);
      session.world.locks.releaseAll(end.actionId);
      session.ended = end;
    },
  };
}
