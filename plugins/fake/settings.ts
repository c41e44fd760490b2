import type { Host } from "../sdk/host.ts";

/** The settings in `plugin.json`, which the host has checked. Durations are milliseconds, percentages points. */
export interface FakeSettings {
  readonly store: "state" | "memory";
  readonly latency: number;
  readonly boot: number;
  readonly error_rate: number;
  readonly lost_replies: number;
  readonly seed: number;
  readonly visible_after: number;
  readonly failures: readonly Failure[];
  readonly unhealthy: readonly number[];
  readonly broken_images: readonly string[];
}

/** A failure that someone asked for. */
export interface Failure {
  /** An operation's name, or `health`. */
  readonly operation: string;
  /** A node's index; 0 means every node. */
  readonly node: number;
  readonly message: string;
  /** How often; 0 means always. */
  readonly times: number;
  readonly retryable: boolean;
}

export function settingsOf(host: Host): FakeSettings {
  return host.settings as unknown as FakeSettings;
}
