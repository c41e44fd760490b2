import type { Host } from "../sdk/host.ts";

/** The settings in `plugin.json`, which the host has checked. Durations are milliseconds, percentages points. */
export interface FakeSettings {
  readonly store: "state" | "memory";
  readonly latency: number;
  readonly takes: number;
  readonly boot: number;
  readonly error_rate: number;
  readonly lost_replies: number;
  readonly seed: number;
  readonly visible_after: number;
  readonly failures: readonly Failure[];
  readonly unhealthy: readonly number[];
  readonly bugs: readonly Bug[];
  readonly broken_images: readonly string[];
}

/** A way in which the driver breaks the contract when it is told to. */
export type Bug =
  | "doubles" // a repeated create makes another server
  | "forgets" // find finds nothing
  | "finds_anything" // find finds what was never made
  | "careless_delete" // deleting what isn't there fails
  | "half_batch" // a batch leaves its last node undone and says that it is done
  | "lies" // get answers with what the manifest doesn't know
  | "bare_errors" // what goes wrong outside is thrown as a plain Error
  | "never_ends" // accepted work never ends
  | "leaks" // each call keeps memory
  | "blocks" // an update computes without end
  | "reaches"; // create asks for what the manifest doesn't need

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
  /** The work is done all the same: only its reply is lost. */
  readonly done?: boolean;
}

export function settingsOf(host: Host): FakeSettings {
  return host.settings as unknown as FakeSettings;
}

export function hasBug(host: Host, bug: Bug): boolean {
  return settingsOf(host).bugs.includes(bug);
}
