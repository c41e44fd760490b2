import type pg from "pg";
import type { Logger } from "pino";
import { evaluate } from "../../grammar/evaluate/evaluate.ts";
import { EvaluationError } from "../../grammar/evaluate/evaluation-error.ts";
import type { Expression } from "../../grammar/plan.ts";
import { RunWorld } from "../../workflows/run-world.ts";
import { insertProjectEvent } from "../store/insert-project-event.ts";
import { loadClustersInUse } from "../store/load-clusters-in-use.ts";
import {
  leaseSourceEvents,
  postponeSourceEvent,
  type SourceEventRow,
  settleSourceEvent,
} from "../store/source-events.ts";
import { listListeners, noteTrigger, type TriggerRow } from "../store/triggers.ts";
import { toClusterView, toNodeView } from "../store/views.ts";
import { fireTrigger } from "./fire-trigger.ts";
import { Refusal } from "./refusal.ts";

/** A listener that starts itself again, over whatever detour, is cut here. */
export const maximumDepth = 5;
const attemptsAtMost = 20;

/**
 * Gives due events to those who listen: each listener whose condition holds starts its action, once for an event. What
 * goes wrong with one listener is told as an event WARN and keeps nothing from the others. Returns how many were due.
 */
export async function routeEvents(q: { pool: pg.Pool; logger: Logger }): Promise<number> {
  const events = await leaseSourceEvents(q.pool, { limit: 32, leaseSeconds: 60 });
  for (const event of events) await routeEvent(q, event);
  return events.length;
}

async function routeEvent(q: { pool: pg.Pool; logger: Logger }, event: SourceEventRow): Promise<void> {
  try {
    const { project_id: projectId, source } = event;
    const listeners = await listListeners(q.pool, { projectId, source, event: event.event });
    for (const listener of listeners) await offer(q, event, listener);
    await settleSourceEvent(q.pool, event);
  } catch (error) {
    const last = event.attempts >= attemptsAtMost;
    q.logger.warn(
      { err: error, event: event.id, attempts: event.attempts, given_up: last },
      `events: ${event.source}.${event.event} did not reach its listeners`,
    );
    if (last) await settleSourceEvent(q.pool, event);
    else await postponeSourceEvent(q.pool, { id: event.id, seconds: Math.min(2 ** event.attempts, 60) });
  }
}

async function offer(
  q: { pool: pg.Pool; logger: Logger },
  event: SourceEventRow,
  listener: TriggerRow,
): Promise<void> {
  const { spec, name } = listener;
  if (spec.kind !== "listener" || listener.paused) return;
  try {
    if (spec.when !== null && !(await holds(q.pool, listener, spec.when, spec.as, event))) return;
    if (event.depth >= maximumDepth) {
      const what = `${maximumDepth} listeners have started one another, and ${name} would be the next: nothing is started`;
      throw new Refusal("conflict", "listeners-in-circle", what);
    }
    await fireTrigger(q.pool, {
      triggerId: listener.id,
      requestKey: `event ${event.id} ${listener.id}`,
      cause: `Event ${spec.source}.${spec.event}`,
      inputs: spec.as === null ? {} : { [spec.as]: event.fields },
      depth: event.depth + 1,
      requestedBy: null,
    });
  } catch (error) {
    if (!(error instanceof Refusal || error instanceof EvaluationError)) throw error;
    const note = `${event.source}.${event.event}: ${error.message}`;
    await noteTrigger(q.pool, { id: listener.id, actionId: null, note, ended: false });
    await insertProjectEvent(q.pool, {
      projectId: listener.project_id,
      level: "WARN",
      name: "listener.failed",
      message: `${listener.program}: ${name}: ${note}`,
      fields: { program: listener.program, trigger: name, code: error.code, at: { ...spec.at } },
    });
  }
}

/** Whether the condition holds for this event and the program's clusters as they are now. */
async function holds(
  pool: pg.Pool,
  listener: TriggerRow,
  when: Expression,
  as: string | null,
  event: SourceEventRow,
): Promise<boolean> {
  const names = clustersIn(when);
  const found = await loadClustersInUse(pool, { projectId: listener.project_id, names });
  const now = Date.now();
  const world = new RunWorld(
    {
      clusters: found.clusters.map(toClusterView),
      clusterIds: Object.fromEntries(found.clusters.map((cluster) => [cluster.name, cluster.id])),
      profiles: Object.fromEntries(found.profiles.map((profile) => [profile.id, profile.properties])),
    },
    () => now,
  );
  world.addNodes(found.nodes.map(toNodeView));
  const values = new Map(as === null ? [] : [[as, event.fields] as const]);
  return evaluate(when, { values, parent: null }, world) === true;
}

/** Names of clusters anywhere in an expression; a literal is data and names none. */
function clustersIn(expression: Expression): string[] {
  const names = new Set<string>();
  const visit = (value: unknown) => {
    if (typeof value !== "object" || value === null) return;
    if (Array.isArray(value)) return value.forEach(visit);
    if ("op" in value && value.op === "literal") return;
    if ("op" in value && value.op === "cluster" && "name" in value) names.add(String(value.name));
    Object.values(value).forEach(visit);
  };
  visit(expression);
  return [...names];
}
