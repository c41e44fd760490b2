import type { ProcessIdentity } from "./process-identity.ts";

/** One of the stack's programs: how to start it. `supervise` keeps it running. */
export interface Part {
  readonly name: string;
  /** Starts the program; does not wait until it is ready. */
  start(): Promise<RunningPart>;
}

/** A started program. */
export interface RunningPart {
  /** The program itself, not what holds its leash. */
  readonly process: ProcessIdentity;
  /** Resolves when it can be used; rejects when it can't come up. Never before `exited` when it ends early. */
  readonly ready: Promise<void>;
  /** Resolves when it has ended, with why: `exit code 1`, `SIGKILL`. */
  readonly exited: Promise<string>;
  /** Ends it in an orderly way, by force after a while; resolves when it is gone. */
  stop(): Promise<void>;
}
