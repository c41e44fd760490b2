import { readFileSync, renameSync, writeFileSync } from "node:fs";
import type { Home } from "./home.ts";
import type { ProcessIdentity } from "./process-identity.ts";

export const portNames = ["api", "temporal", "temporal_ui", "postgres"] as const;
export type PortName = (typeof portNames)[number];
export type Ports = Readonly<Record<PortName, number>>;

/** `home/stack.json`: what the supervisor last said of itself. It outlives the stack, to remember the ports. */
export interface StackState {
  readonly schema: 1;
  readonly status: "starting" | "ready" | "stopping" | "stopped" | "failed";
  /** The supervisor; `null` when it has ended in an orderly way. */
  readonly supervisor: ProcessIdentity | null;
  readonly ports: Readonly<Partial<Record<PortName, number>>>;
  readonly api_url: string | null;
  readonly temporal_address: string | null;
  readonly temporal_ui_url: string | null;
  readonly parts: Readonly<Record<string, PartState>>;
  readonly started_at: string;
  /** Why it failed. */
  readonly failure: { readonly code: string; readonly message: string; readonly help: string } | null;
}

export interface PartState {
  readonly status: "starting" | "ready" | "restarting" | "stopped";
  readonly process: ProcessIdentity | null;
  /** How often it was started again since the stack came up. */
  readonly restarts: number;
}

/** The state of this home's stack as last written; `null` when there is none, or it can't be read. */
export function readStackState(home: Home): StackState | null {
  try {
    const state: unknown = JSON.parse(readFileSync(home.state, "utf8"));
    const known = typeof state === "object" && state !== null && "schema" in state && state.schema === 1;
    return known ? (state as StackState) : null; // written by this module alone, under this schema number
  } catch {
    return null;
  }
}

/** Replaces the state in one step, so that readers never see half of it. */
export function writeStackState(home: Home, state: StackState): void {
  const fresh = `${home.state}.${process.pid}`;
  writeFileSync(fresh, `${JSON.stringify(state, null, 2)}\n`, { mode: 0o600 });
  renameSync(fresh, home.state);
}
