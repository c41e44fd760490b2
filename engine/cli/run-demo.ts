import path from "node:path";
import { currentConfig } from "../config/current-config.ts";
import { findHome } from "../stack/home.ts";
import { isRunning } from "../stack/process-identity.ts";
import { readStackState } from "../stack/stack-state.ts";
import { type Stack, startStack } from "../stack/start-stack.ts";
import { applyProgram } from "./apply-program.ts";
import type { Output } from "./output.ts";
import { runAction } from "./run-action.ts";
import { untilStopped } from "./until-stopped.ts";
import type { ActionAnswer } from "./wire.ts";

const program = path.relative(
  process.cwd(),
  path.join(import.meta.dirname, "..", "..", "examples", "storefront.coppice"),
);

/** Starts the stack unless it runs, applies the example, runs its action; whether all of that succeeded. */
export async function runDemo(q: { once: boolean; output: Output }): Promise<boolean> {
  const { output } = q;
  const step = (text: string) => output.note(`\n${output.paint("bold", `▸ ${text}`)}`);
  const stopped = untilStopped();
  step("Starting Postgres, Temporal, the API and a worker");
  const stack = await startUnlessRunning(output);
  try {
    const work = tryExample(output, step);
    const result = await Promise.race([work, stopped.then(() => null)]);
    if (result === null) return false;
    const succeeded = result.status === "SUCCEEDED";
    sayWhere(result, output);
    output.data({ succeeded, action: result, api_url: readStackState(findHome())?.api_url });
    if (q.once || stack === null) return succeeded;
    output.note(`\nEverything stays up until Ctrl-C. Try, in another terminal:
  ./coppice run roll cluster=storefront image=shop/web:3
  ./coppice run CLUSTER_RESIZE cluster=storefront size=5
  ./coppice ls nodes`);
    await stopped;
    return succeeded;
  } finally {
    if (stack !== null) {
      output.note("\nStopping …");
      await stack.stop();
    }
  }
}

async function startUnlessRunning(output: Output): Promise<Stack | null> {
  const home = findHome();
  const state = readStackState(home);
  if (state?.status === "ready" && state.supervisor && isRunning(state.supervisor)) {
    output.note(`It runs already (process ${state.supervisor.pid}); using it.`);
    return null;
  }
  return await startStack({ config: currentConfig(), say: (line) => output.note(output.paint("dim", line)) });
}

async function tryExample(output: Output, step: (text: string) => void): Promise<ActionAnswer> {
  const quiet = { ...output, data() {} };
  step(`Applying ${program}`);
  const applied = await applyProgram({ file: program, settings: [], yes: true, wait: true, output: quiet });
  const failed = applied.actions.find((action) => action.status !== "SUCCEEDED");
  if (failed !== undefined) return failed;
  // another image each time, so that there is something to do on a home that has run this before
  const image = `shop/web:${new Date().toISOString().slice(0, 19).replaceAll(/[-:]/g, "")}`;
  step(`Running roll on storefront with image ${image}`);
  const inputs = ["cluster=storefront", `image=${image}`];
  return await runAction({
    action: "roll",
    arguments: inputs,
    program: "storefront",
    requestKey: undefined,
    wait: true,
    output: quiet,
  });
}

function sayWhere(action: ActionAnswer, output: Output): void {
  const state = readStackState(findHome());
  const run = action.links?.["temporal"] ?? state?.temporal_ui_url;
  output.line();
  output.line(`  API                ${state?.api_url}  (its description: ${state?.api_url}/openapi.json)`);
  output.line(`  This action        ${state?.api_url}/v1/actions/${action.id}`);
  if (run) output.line(`  In Temporal's UI   ${run}`);
}
