import { confirm } from "./confirm.ts";
import { findServer } from "./find-server.ts";
import type { Output } from "./output.ts";
import { printActionEnd } from "./print-action.ts";
import { printChanges } from "./print-changes.ts";
import { submitProgram } from "./submit-program.ts";
import { watchAction } from "./watch-action.ts";
import type { ActionAnswer } from "./wire.ts";

export interface ApplyRequest {
  readonly file: string;
  /** `name=value` of the program's parameters. */
  readonly settings: readonly string[];
  readonly yes: boolean;
  readonly wait: boolean;
  readonly output: Output;
}

/** Plans, asks, applies, and follows the actions; whether all of them succeeded. */
export async function applyProgram(
  q: ApplyRequest,
): Promise<{ ok: boolean; actions: readonly ActionAnswer[] }> {
  const { file, settings, output } = q;
  const api = findServer();
  if (!q.yes) {
    const planned = await submitProgram("/v1/plans", file, settings, output, api);
    printChanges(planned.changes, output);
    if (planned.changes.length > 0) await confirm("Apply these changes?", "--yes");
  }
  const applied = await submitProgram("/v1/programs", file, settings, output, api);
  if (q.yes) printChanges(applied.changes, output);
  if (applied.program) output.line(`Applied ${applied.program.name}, version ${applied.program.version}.`);
  const started = applied.actions ?? [];
  if (!q.wait) {
    for (const action of started) output.line(`${action.id}  ${action.name} ${action.target_name}`);
    output.data(applied);
    return { ok: true, actions: started };
  }
  const ended: ActionAnswer[] = [];
  for (const action of started) {
    const end = await watchAction({ api, id: action.id, output: { ...output, data() {} } });
    printActionEnd(end, output);
    ended.push(end);
  }
  output.data({ ...applied, actions: ended });
  return { ok: ended.every((action) => action.status === "SUCCEEDED"), actions: ended };
}
