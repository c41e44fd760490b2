import type { Manifest } from "../../../plugins/sdk/manifest.ts";
import type { PluginCall } from "../plugin-host.ts";
import type { CallSecrets } from "../secrets/call-secrets.ts";

/** On whose behalf the broker acts: one call of one plugin. */
export interface BrokerCall {
  readonly manifest: Manifest;
  readonly pluginHash: string;
  readonly projectId: string;
  readonly grants: PluginCall["grants"];
  readonly origin: PluginCall["origin"];
  readonly secrets: CallSecrets;
  /** Aborted when the call ends, in whatever way; ends what the broker still does for it. */
  readonly signal: AbortSignal;
  readonly onEvent: (message: string) => void;
}

/** What a capability did, for the audit. */
export interface Brokered {
  readonly value: unknown;
  readonly bytesIn?: number;
  readonly bytesOut?: number;
}

/** One capability: checks its input, then does the work. Throws `HostFailure`, `not-granted` for a refusal. */
export interface Capability {
  /** What it is aimed at, for the audit, from input that nobody has checked yet. Never throws. */
  target(input: unknown): string;
  run(call: BrokerCall, input: unknown): Promise<Brokered>;
}
