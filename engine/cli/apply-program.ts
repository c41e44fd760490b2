import type { ApiClient } from "./api-client.ts";
import { CliError } from "./cli-error.ts";
import { confirm } from "./confirm.ts";
import { exitCodes } from "./exit-codes.ts";
import { findServer } from "./find-server.ts";
import type { Output } from "./output.ts";
import { printActionEnd } from "./print-action.ts";
import { printChanges } from "./print-changes.ts";
import { readSavedPlan } from "./saved-plan.ts";
import { prepareProgram } from "./submit-program.ts";
import { watchAction } from "./watch-action.ts";
import type { ActionAnswer, AppliedAnswer, PlanAnswer } from "./wire.ts";

export interface ApplyRequest {
  /** A program, or a plan that `coppice plan -o` saved. */
  readonly file: string;
  /** `name=value` of the program's parameters. */
  readonly settings: readonly string[];
  readonly yes: boolean;
  readonly wait: boolean;
  readonly output: Output;
}

export interface ApplyEnd {
  readonly ok: boolean;
  readonly actions: readonly ActionAnswer[];
}

/** Plans, asks, applies what was planned, and follows the actions; whether all of them succeeded. */
export async function applyProgram(q: ApplyRequest): Promise<ApplyEnd> {
  const { file, settings, output } = q;
  const api = findServer();
  const saved = readSavedPlan(file);
  if (saved !== null) {
    if (settings.length > 0) {
      throw new CliError(exitCodes.usage, "a saved plan has its parameters already", {
        help: "Leave --set out, or plan again with it.",
      });
    }
    printChanges(saved.plan, output);
    const { reads } = saved.plan;
    if (!q.yes) await confirm("Apply this plan?", "--yes");
    const applied = await api.call<AppliedAnswer>("POST", "/v1/programs", { ...saved.program, reads });
    return await follow(q, api, applied);
  }
  const program = await prepareProgram(file, settings, output, api);
  if (q.yes) {
    const applied = await api.call<AppliedAnswer>("POST", "/v1/programs", program);
    printChanges(applied, output);
    return await follow(q, api, applied);
  }
  const { reads, ...planned } = await api.call<PlanAnswer>("POST", "/v1/plans", program);
  printChanges(planned, output);
  if (planned.changes.length + planned.starts.length > 0) await confirm("Apply these changes?", "--yes");
  return await follow(q, api, await api.call<AppliedAnswer>("POST", "/v1/programs", { ...program, reads }));
}

/** Says what was applied, and follows the actions that it started unless `wait` is off. */
export async function follow(
  q: { readonly wait: boolean; readonly output: Output },
  api: ApiClient,
  applied: AppliedAnswer,
): Promise<ApplyEnd> {
  const { output } = q;
  output.line(`Applied ${applied.program.name}, version ${applied.program.version}.`);
  if (!q.wait) {
    for (const action of applied.actions) output.line(`${action.id}  ${action.action} ${action.target_name}`);
    output.data(applied);
    return { ok: true, actions: applied.actions };
  }
  const ended: ActionAnswer[] = [];
  for (const action of applied.actions) {
    const end = await watchAction({ api, id: action.id, output: { ...output, data() {} } });
    printActionEnd(end, output);
    ended.push(end);
  }
  output.data({ ...applied, actions: ended });
  return { ok: ended.every((action) => action.status === "SUCCEEDED"), actions: ended };
}
