import type pg from "pg";
import type { Logger } from "pino";
import { cancelAction } from "../actions/cancel-action.ts";
import { Refusal } from "../actions/refusal.ts";
import { HostFailure, type PluginHost } from "../host/plugin-host.ts";
import { insertProjectEvent } from "../store/insert-project-event.ts";
import {
  deleteSharedLock,
  leaseSharedLocks,
  type SharedLockRow,
  settleSharedLock,
} from "../store/shared-locks.ts";
import { callBackend, lockTtlMs, renewEveryMs } from "./shared-locks.ts";

export interface LockRenewing {
  readonly pool: pg.Pool;
  readonly host: Pick<PluginHost, "call">;
  readonly logger: Logger;
}

const atOnce = 50;
const againMs = 3_000;

/**
 * Renews locks that runs hold in plugins' backends, and gives back those that they have left. A run that has lost one is
 * cancelled: somebody else may hold it now. Several workers share the work. Returns how many were looked at.
 */
export async function renewLocks(q: LockRenewing): Promise<number> {
  const due = await leaseSharedLocks(q.pool, { limit: atOnce, leaseSeconds: 30 });
  await Promise.all(due.map((row) => (row.releasing ? release(q, row) : renew(q, row))));
  return due.length;
}

function call(q: LockRenewing, operation: "renew" | "release", row: SharedLockRow): Promise<boolean> {
  const { project_id: projectId, use, backend, name, action_id: actionId, call_id: callId } = row;
  const secret = async (of: string) => row.secrets[of] ?? null;
  return callBackend(q.host, operation, { projectId, use, backend, name, actionId, callId, secret });
}

async function renew(q: LockRenewing, row: SharedLockRow): Promise<void> {
  try {
    if (await call(q, "renew", row))
      await settleSharedLock(q.pool, { ...row, failures: 0, inMs: renewEveryMs });
    else await lose(q, row, "its backend says that it isn't held any more");
  } catch (error) {
    const failures = row.failures + 1;
    q.logger.warn({ err: error, lock: row.name, failures }, "a shared lock could not be renewed");
    const known = error instanceof HostFailure;
    if (known && failures * againMs >= lockTtlMs - renewEveryMs) await lose(q, row, error.message);
    else await settleSharedLock(q.pool, { ...row, failures, inMs: againMs });
  }
}

/** What is never given back is free after its time: nobody renews it. */
async function release(q: LockRenewing, row: SharedLockRow): Promise<void> {
  try {
    await call(q, "release", row);
    await deleteSharedLock(q.pool, row);
  } catch (error) {
    const failures = row.failures + 1;
    q.logger.warn({ err: error, lock: row.name, failures }, "a shared lock could not be given back");
    if (failures * againMs >= lockTtlMs) await deleteSharedLock(q.pool, row);
    else await settleSharedLock(q.pool, { ...row, failures, inMs: againMs });
  }
}

async function lose(q: LockRenewing, row: SharedLockRow, why: string): Promise<void> {
  const { project_id: projectId, action_id: actionId, name } = row;
  await deleteSharedLock(q.pool, row);
  await insertProjectEvent(q.pool, {
    projectId,
    level: "WARN",
    name: "lock.lost",
    message: `the shared lock "${name}" was lost: ${why}; the action that held it is cancelled`,
    fields: { lock: name, action: actionId, backend: `${row.use.name}.${row.backend}` },
  });
  try {
    await cancelAction(q.pool, { projectId, actionId, requestedBy: "lost lock" });
  } catch (error) {
    if (!(error instanceof Refusal)) throw error; // it has ended meanwhile
  }
}
