import type { ApiClient } from "./api-client.ts";
import { CliError } from "./cli-error.ts";
import { exitCodes } from "./exit-codes.ts";
import type { Output } from "./output.ts";
import { printable } from "./printable.ts";
import { openProgressLine, type ProgressLine } from "./progress-line.ts";
import type { ActionAnswer, EventAnswer, ProgressAnswer } from "./wire.ts";

const patienceMs = 60_000;

/** What a watched action tells; with `--json` each is one line. */
export interface WatchOptions {
  readonly api: ApiClient;
  readonly id: string;
  readonly output: Output;
  readonly signal?: AbortSignal;
}

/**
 * Shows an action's progress and events until it ends, and returns it. A server that goes away is waited for, up to a
 * minute: the action itself goes on without it.
 */
export async function watchAction(q: WatchOptions): Promise<ActionAnswer> {
  const line = openProgressLine(q.output);
  const seen = new Set<string>();
  let lostAt: number | null = null;
  try {
    for (;;) {
      try {
        const action = await followOnce(q, line, seen, () => {
          lostAt = null;
        });
        if (action !== null) return action;
      } catch (error) {
        if (q.signal?.aborted || (error instanceof CliError && error.exitCode !== exitCodes.unreachable))
          throw error;
        lostAt ??= Date.now();
        if (Date.now() - lostAt > patienceMs) throw lost(q, error);
      }
      await new Promise((resolve) => setTimeout(resolve, 500));
    }
  } finally {
    line.end();
  }
}

async function followOnce(
  q: WatchOptions,
  line: ProgressLine,
  seen: Set<string>,
  heard: () => void,
): Promise<ActionAnswer | null> {
  for await (const { event, data } of q.api.follow(
    `/v1/actions/${encodeURIComponent(q.id)}/watch`,
    q.signal,
  )) {
    heard();
    if (event === "progress") showProgress(JSON.parse(data), q.output, line);
    if (event === "event") showEvent(JSON.parse(data), q.output, line, seen);
    if (event === "end") return JSON.parse(data).action;
  }
  return null; // the server closed the stream before the end: it is being restarted
}

function showProgress(progress: ProgressAnswer, output: Output, line: ProgressLine): void {
  if (progress.status !== "RUNNING") return; // before it there is nothing to show, after it the end says more
  output.data({ progress });
  const { step, operation, place, done = 0, total = 0, failed = 0 } = progress;
  const label = [operation ?? step, place].filter(Boolean).join("  ");
  if (label !== "") line.show({ label, done, total, failed });
}

function showEvent(event: EventAnswer, output: Output, line: ProgressLine, seen: Set<string>): void {
  if (seen.has(String(event.id))) return;
  seen.add(String(event.id));
  output.data({ event });
  line.say(describeEvent(event, output));
}

/** `12:30:01  rolled  cluster storefront` */
export function describeEvent(event: EventAnswer, output: Pick<Output, "paint">): string {
  const time = new Date(event.created_at).toLocaleTimeString("en-GB");
  const style = event.level === "ERROR" ? "red" : event.level === "WARN" ? "yellow" : "cyan";
  const fields = printable(event.message || showFields(event.fields));
  return `${output.paint("dim", time)}  ${output.paint(style, printable(event.name))}${fields && `  ${fields}`}`;
}

function showFields(fields: unknown): string {
  if (typeof fields !== "object" || fields === null) return "";
  const own = "values" in fields ? fields.values : fields; // a program's own event keeps its place beside its values
  return Object.entries(typeof own === "object" && own !== null ? own : {})
    .map(([name, value]) => `${name}=${shorten(typeof value === "string" ? value : JSON.stringify(value))}`)
    .join(" ");
}

/** The whole value is in `coppice events --json`. */
function shorten(text: string): string {
  return text.length > 200 ? `${text.slice(0, 199)}…` : text;
}

function lost(q: WatchOptions, cause: unknown): CliError {
  return new CliError(exitCodes.unreachable, `the server at ${q.api.url} has not answered for a minute`, {
    help: `The action goes on without it; look at it later with: coppice show action ${q.id}`,
    cause,
  });
}
