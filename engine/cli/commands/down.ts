import type { Command } from "commander";
import { newCommand } from "../command.ts";
import { type OutputOptions, openOutput } from "../output.ts";

/** `coppice down` */
export function downCommand(): Command {
  return newCommand("down", {
    summary: "stop what `up` started",
    description:
      "Stops the stack of COPPICE_HOME in order and waits until it is gone. Its state is kept. Fine when nothing runs.",
    examples: [
      ["coppice down", "stop the stack of the default home"],
      ["COPPICE_HOME=/srv/other coppice down", "stop that one"],
    ],
  }).action(async (options: OutputOptions) => {
    const output = openOutput(options);
    const { findHome } = await import("../../stack/home.ts");
    const { stopStack } = await import("../../stack/stop-stack.ts");
    const home = findHome();
    const stopped = await stopStack(home);
    output.line(stopped ? "Stopped." : `Nothing was running for ${home.folder}.`);
    output.data({ stopped, home: home.folder });
  });
}
