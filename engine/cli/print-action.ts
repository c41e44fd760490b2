import type { Output } from "./output.ts";
import { printable } from "./printable.ts";
import type { ActionAnswer } from "./wire.ts";

/** How an action ended: its result, or the failure with its line of source. */
export function printActionEnd(action: ActionAnswer, output: Output): void {
  const what = `${action.action}${action.target_name && ` ${action.target_name}`}`;
  const took =
    action.start_time !== null && action.end_time !== null
      ? ` in ${duration(action.end_time - action.start_time)}`
      : "";
  if (action.status === "SUCCEEDED") {
    output.line(`${output.paint("green", "✔")} ${what} succeeded${took}`);
    if (action.outputs !== null && action.outputs !== undefined)
      output.line(indent(JSON.stringify(action.outputs, null, 2)));
    return;
  }
  const verb = action.status === "CANCELLED" ? "was cancelled" : "failed";
  output.line(
    `${output.paint(action.status === "CANCELLED" ? "yellow" : "red", "✘")} ${what} ${verb}${took}`,
  );
  const { failure } = action;
  if (failure?.frame) output.line(indent(printable(failure.frame)));
  else output.line(indent(printable(failure?.message ?? action.status_reason)));
  if (failure?.help && !failure.frame?.includes(failure.help))
    output.line(indent(printable(`help: ${failure.help}`)));
}

/** Why policies did what they did. */
export function printDecisions(action: ActionAnswer, output: Output): void {
  for (const each of action.decisions) {
    output.line(
      printable(`  ${each.policy} (${each.hook}) ${each.decision}${each.reason && `: ${each.reason}`}`),
    );
  }
}

function duration(seconds: number): string {
  const ms = Math.round(seconds * 1_000);
  return ms < 1_000 ? `${ms} ms` : `${(ms / 1_000).toFixed(1)} s`;
}

/** Each line two spaces in. */
export function indent(text: string): string {
  return text.replaceAll(/^/gm, "  ");
}
