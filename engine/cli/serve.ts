import { collectWhenIdle } from "./collect-when-idle.ts";
import { reportError } from "./report-error.ts";
import { untilStopped } from "./until-stopped.ts";

/** Something that serves until it is told to stop. */
export interface Serving {
  /** Settles when it ended by itself, for those that can; a rejection ends the command with that failure. */
  readonly ended?: Promise<void>;
  close(): Promise<void>;
}

/** Starts a server, tells the parent (the stack's supervisor) that it is ready, and closes it at the first signal. */
export async function serve(start: () => Promise<Serving>): Promise<void> {
  const stopped = untilStopped();
  const serving = await Promise.race([start(), stopped.then(() => null)]).catch((error) => {
    // whatever had been opened before the failure must not keep us
    const [json, debug] = [process.argv.includes("--json"), process.argv.includes("--debug")];
    process.exit(reportError(error, { json, debug }));
  });
  if (serving === null) process.exit(0); // told to stop before it had begun
  process.send?.({ type: "ready" });
  collectWhenIdle();
  await Promise.race([stopped, serving.ended ?? stopped]);
  await serving.close();
  process.exit(process.exitCode ?? 0); // idle connections of others must not keep us
}
