import type { Command } from "commander";
import { newCommand } from "../command.ts";
import { exitCodes } from "../exit-codes.ts";
import { type OutputOptions, openOutput } from "../output.ts";
import { printTable } from "../table.ts";

/** `coppice status` */
export function statusCommand(): Command {
  return newCommand("status", {
    summary: "show what runs, and where",
    description:
      "Shows the parts of this home's stack, their processes, and how often each was started again. Exits 4 when nothing runs.",
    examples: [
      ["coppice status", "the stack of the default home"],
      ["coppice status --json", "for scripts"],
    ],
  }).action(async (options: OutputOptions) => {
    const output = openOutput(options);
    const { findHome } = await import("../../stack/home.ts");
    const { readStackState } = await import("../../stack/stack-state.ts");
    const { isRunning } = await import("../../stack/process-identity.ts");
    const home = findHome();
    const state = readStackState(home);
    const up = state?.supervisor ? isRunning(state.supervisor) : false;
    const parts = Object.entries(up ? (state?.parts ?? {}) : {}).map(([name, part]) => ({
      name,
      status: part.process === null || isRunning(part.process) ? part.status : "ended",
      pid: part.process?.pid ?? null,
      restarts: part.restarts,
    }));
    output.data({
      home: home.folder,
      status: up ? state?.status : "stopped",
      api_url: up ? state?.api_url : null,
      temporal_address: up ? state?.temporal_address : null,
      temporal_ui_url: up ? state?.temporal_ui_url : null,
      parts,
    });
    if (!up || state === null) {
      output.line(`Nothing runs for ${home.folder}. Start it with: coppice up`);
      process.exitCode = exitCodes.unreachable;
      return;
    }
    output.line(`${output.paint("bold", state.status)}  home ${home.folder}`);
    output.line(`  API          ${state.api_url}`);
    output.line(`  Temporal     ${state.temporal_address}`);
    if (state.temporal_ui_url) output.line(`  Temporal UI  ${state.temporal_ui_url}`);
    output.line();
    printTable(
      output,
      ["PART", "STATUS", "PROCESS", "RESTARTS"],
      parts.map((part) => [part.name, part.status, part.pid ?? "", part.restarts]),
    );
  });
}
