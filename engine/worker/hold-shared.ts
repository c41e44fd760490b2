import { Context } from "@temporalio/activity";
import type { SecretSource } from "../../grammar/plan.ts";
import type { ShareLockOutcome, ShareLockRequest } from "../../workflows/activities.ts";
import { noteSharedLocks, settleSharedLock } from "../store/shared-locks.ts";
import type { CallTools } from "./call-tools.ts";
import { isCancelled, stopsHere } from "./cancelled.ts";
import { shareLock } from "./share-lock.ts";
import { lockTtlMs, renewEveryMs } from "./shared-locks.ts";
import { withHeartbeat } from "./with-heartbeat.ts";

/**
 * The activity behind `lock … through`. What it may hold is noted before the first try: workers renew it from then on, and
 * give it back when the run says so or has ended.
 */
export async function holdShared(tools: CallTools, q: ShareLockRequest): Promise<ShareLockOutcome> {
  const context = Context.current();
  const outcome = await withHeartbeat(() =>
    shareLock(tools, q, {
      deadline: context.info.scheduledTimestampMs + q.withinMs,
      signal: context.cancellationSignal,
      async note({ projectId, use, backend, secret }) {
        const secrets: Record<string, SecretSource> = {};
        for (const name of secretNames(use.settings)) {
          const source = await secret(name);
          if (source !== null) secrets[name] = source;
        }
        await noteSharedLocks(tools.pool, {
          action_id: q.actionId,
          call_id: q.callId,
          names: q.names,
          project_id: projectId,
          backend,
          use: use as Parameters<typeof noteSharedLocks>[1]["use"], // the plan's own
          secrets,
          inMs: q.withinMs + lockTtlMs, // when it is held, its renewal is set below
        });
      },
    }),
  );
  if (stopsHere(context) && !isCancelled(context)) throw context.cancellationSignal.reason; // another worker goes on
  if (outcome.ok && outcome.held)
    for (const name of q.names)
      await settleSharedLock(tools.pool, {
        action_id: q.actionId,
        call_id: q.callId,
        name,
        releasing: false,
        failures: 0,
        inMs: renewEveryMs,
      });
  return outcome;
}

function secretNames(value: unknown): readonly string[] {
  if (value === null || typeof value !== "object") return [];
  const { $secret: name } = value as { readonly $secret?: unknown };
  return typeof name === "string" ? [name] : Object.values(value).flatMap(secretNames);
}
