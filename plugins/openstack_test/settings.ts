import type { Host } from "../sdk/host.ts";

/** The settings in `plugin.json`, which the host has checked. Durations are milliseconds, percentages points. */
export interface CloudSettings {
  readonly store: "state" | "memory";
  readonly latency: number;
  readonly takes: number;
  readonly error_rate: number;
  readonly lost_replies: number;
  readonly seed: number;
  readonly visible_after: number;
  readonly failures: readonly Failure[];
  readonly missing: readonly string[];
  readonly regions: readonly string[];
  readonly zones: readonly string[];
  readonly hypervisors: readonly Hypervisor[];
}

/** A failure that someone asked for. */
export interface Failure {
  /** An operation's or function's name, `force_delete` or `health`. */
  readonly operation: string;
  /** A node's index; 0 means every node. */
  readonly node: number;
  readonly message: string;
  /** How often; 0 means always. */
  readonly times: number;
  readonly retryable: boolean;
}

export interface Hypervisor {
  readonly name: string;
  readonly zone: string;
  readonly state: "up" | "down";
  readonly status: "enabled" | "disabled";
}

export function settingsOf(host: Host): CloudSettings {
  return host.settings as unknown as CloudSettings;
}
