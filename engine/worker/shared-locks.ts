import type { PlanPlugin, SecretSource } from "../../grammar/plan.ts";
import type { PluginHost } from "../host/plugin-host.ts";

/** A lock in a plugin's backend is free again unless it is renewed within so long. */
export const lockTtlMs = 60_000;
/** So often it is renewed. */
export const renewEveryMs = 20_000;
const callMs = 15_000;

/** Whose lock it is, and where. */
export interface SharedLock {
  readonly projectId: string;
  readonly use: Pick<PlanPlugin, "hash" | "grants" | "settings">;
  readonly backend: string;
  readonly name: string;
  readonly actionId: string;
  readonly callId: string;
  readonly secret: (name: string) => Promise<SecretSource | null>;
}

/** Asks a backend for a lock, to renew it or to have it back; whether it is held now. Throws `HostFailure`. */
export async function callBackend(
  host: Pick<PluginHost, "call">,
  operation: "acquire" | "renew" | "release",
  { projectId, use, backend, name, actionId, callId, secret }: SharedLock,
  q: { readonly ttlMs?: number; readonly signal?: AbortSignal } = {},
): Promise<boolean> {
  const lock = { name: `${projectId}/${name}`, owner: `${actionId}.${callId}` };
  const answer = await host.call({
    pluginHash: use.hash,
    projectId,
    grants: use.grants,
    settings: use.settings,
    target: { kind: "other", of: "coordination", name: backend, operation },
    call: operation === "release" ? lock : { ...lock, ttl: q.ttlMs ?? lockTtlMs },
    timeoutMs: callMs,
    origin: { actionId, callId },
    secretSource: secret,
    ...(q.signal === undefined ? {} : { signal: q.signal }),
  });
  return operation !== "release" && (answer as { readonly held: boolean }).held; // the host checked it
}
