import { type Command, InvalidArgumentError } from "commander";
import { newCommand } from "../command.ts";
import { type OutputOptions, openOutput } from "../output.ts";

interface TopOptions extends OutputOptions {
  readonly interval: number;
  readonly once?: true;
}

/** `coppice top` */
export function topCommand(): Command {
  return newCommand("top", {
    summary: "watch clusters and running actions, live",
    description:
      "Shows clusters, those with trouble first, and the actions that run and wait with their progress, until q is\n" +
      "pressed. With --once it prints them once, for scripts and pipes.",
    examples: [
      ["coppice top", "until q"],
      ["coppice top --once --json", "what it shows, as JSON"],
    ],
  })
    .option("--interval <seconds>", "how often to look, 1 to 3600", parseInterval, 2)
    .option("--once", "print it once")
    .action(async (options: TopOptions) => {
      const { runTop } = await import("../top/run-top.ts");
      await runTop({
        intervalMs: options.interval * 1000,
        once: options.once === true,
        output: openOutput(options),
      });
    });
}

function parseInterval(text: string): number {
  const seconds = Number(text);
  if (!(seconds >= 1 && seconds <= 3600)) throw new InvalidArgumentError("write seconds, 1 to 3600");
  return seconds;
}
