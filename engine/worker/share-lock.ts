import type { SecretSource } from "../../grammar/plan.ts";
import type { ShareLockOutcome, ShareLockRequest } from "../../workflows/activities.ts";
import { HostFailure } from "../host/plugin-host.ts";
import type { DriverTools } from "./call-tools.ts";
import { cancelled } from "./cancelled.ts";
import { callBackend, type SharedLock } from "./shared-locks.ts";

/** Pauses between two tries for locks that others hold. */
const everyMs = 1_000;

/**
 * Takes locks in a plugin's backend, all or none, until `deadline` by the runtime's clock. `note` is called before the first
 * try, with what a release needs. A backend that fails retryably is asked again.
 */
export async function shareLock(
  tools: DriverTools,
  q: ShareLockRequest,
  more: {
    readonly deadline: number;
    readonly ttlMs?: number;
    readonly signal: AbortSignal;
    readonly note: (lock: SharedLock) => Promise<void>;
  },
): Promise<ShareLockOutcome> {
  const { actionId, callId, backend, names } = q;
  const found = await tools.plugin({ actionId, plugin: q.plugin });
  if (found === null) {
    const message = `the plan has no plugin "${q.plugin}"`;
    return { ok: false, failure: { code: "plugin-unknown", message } };
  }
  const { use, projectId } = found;
  const secret = async (name: string): Promise<SecretSource | null> =>
    (await tools.secret?.({ actionId, profileId: null, name })) ?? null;
  const lock = { projectId, use, backend, name: "", actionId, callId, secret };
  await more.note(lock);
  const { signal, ttlMs } = more;
  const ask = (operation: "acquire" | "release", name: string) =>
    callBackend(tools.host, operation, { ...lock, name }, { ...(ttlMs === undefined ? {} : { ttlMs }) });
  for (;;) {
    const held: string[] = [];
    try {
      for (const name of names) {
        if (!(await ask("acquire", name))) break;
        held.push(name);
      }
      if (held.length === names.length) return { ok: true, held: true };
      for (const name of held) await ask("release", name);
    } catch (error) {
      if (!(error instanceof HostFailure)) throw error; // the engine's own fault: Temporal repeats the activity
      if (!error.retryable) return { ok: false, failure: { code: error.code, message: error.message } };
    }
    const left = more.deadline - tools.clock.now();
    if (signal.aborted) return { ok: false, failure: cancelled };
    if (left <= 0) return { ok: true, held: false };
    await tools.clock.sleep(Math.min(everyMs, left), signal);
    if (signal.aborted) return { ok: false, failure: cancelled };
  }
}
