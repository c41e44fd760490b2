import type { Manifest } from "../../../plugins/sdk/manifest.ts";
import type { PluginCall } from "../plugin-host.ts";
import type { CallSecrets } from "../secrets/call-secrets.ts";
import type { AuditEntry } from "./audit.ts";

/** On whose behalf the broker acts: one call of one plugin. */
export interface BrokerCall {
  readonly manifest: Manifest;
  readonly pluginHash: string;
  readonly projectId: string;
  readonly grants: PluginCall["grants"];
  readonly origin: PluginCall["origin"];
  readonly secrets: CallSecrets;
  /** Aborted when the call ends, in whatever way; ends what the broker still does for it. The same for the whole call. */
  readonly signal: AbortSignal;
  readonly onEvent: (message: string) => void;
}

/** What a capability did, for the audit. */
export interface Brokered {
  readonly value: unknown;
  readonly bytesIn?: number;
  readonly bytesOut?: number;
  /** Of something that goes on after this answer: what it came to. Never rejects. */
  readonly finished?: Promise<Finished>;
  /** The value is a secret that the plugin may read: it isn't taken out of the answer. */
  readonly revealed?: true;
}

export interface Finished {
  readonly bytesIn: number;
  readonly bytesOut: number;
  readonly failed: boolean;
}

/** One capability: checks its input, then does the work. Throws `HostFailure`, `not-granted` for a refusal. */
export interface Capability {
  /** What it is aimed at, for the audit, from input that nobody has checked yet. Never throws. */
  target(input: unknown): string;
  run(call: BrokerCall, input: unknown): Promise<Brokered>;
  /** Its successes are a part of something that is in the audit already, or no business of the world outside. */
  readonly quiet?: true;
  /** Counts against the requests that a plugin may make in a second. */
  readonly limited?: true;
}

/** One thing that was done or refused on behalf of a call; `started` by `performance.now()`. */
export interface AuditNote
  extends Pick<AuditEntry, "capability" | "target" | "outcome" | "bytesIn" | "bytesOut"> {
  readonly started: number;
}

/** Whose connections, sessions and rates these are: one plugin's, by name, in one project. */
export function ownerOf({ projectId, manifest }: BrokerCall): string {
  return JSON.stringify([projectId, manifest.name]);
}
