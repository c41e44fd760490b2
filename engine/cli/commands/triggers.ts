import type { Command } from "commander";
import { group, newCommand } from "../command.ts";
import { type OutputOptions, openOutput } from "../output.ts";

interface TriggerOptions extends OutputOptions {
  readonly program?: string;
}

/** `coppice triggers` */
export function triggersCommand(): Command {
  const command = group("triggers", {
    summary: "list, pause, resume or fire schedules and listeners",
    description: "What programs start by themselves: every and at by the clock, on by an event.",
    examples: [
      ["coppice triggers list", "with the next time of each"],
      ["coppice triggers pause every_fri_18_00", "until it is resumed, also after another apply"],
      ["coppice triggers fire every_fri_18_00", "start its action now"],
    ],
  });
  command.addCommand(
    newCommand("list", {
      summary: "list schedules and listeners",
      description: "Lists them with their next time, and why one started nothing the last time.",
      examples: [
        ["coppice triggers list", "of all programs"],
        ["coppice triggers list --program storefront --json", "for scripts"],
      ],
    })
      .option("--program <name>", "only those of this program")
      .action(async (options: TriggerOptions) => {
        const { listTriggers } = await import("../triggers.ts");
        await listTriggers({ program: options.program, output: openOutput(options) });
      }),
    { isDefault: true },
  );
  for (const word of ["pause", "resume", "fire"] as const) command.addCommand(change(word));
  return command;
}

const texts = {
  pause: ["pause a schedule or listener", "It starts nothing until it is resumed, also after another apply."],
  resume: ["resume a paused one", "What was missed meanwhile is not made up for."],
  fire: [
    "start a schedule's action now",
    "Prints the action's id; also while the schedule is paused. A listener starts by an event: coppice events send.",
  ],
} as const;

function change(word: "pause" | "resume" | "fire"): Command {
  const [summary, description] = texts[word];
  return newCommand(word, {
    summary,
    description,
    examples: [[`coppice triggers ${word} every_fri_18_00`, "by the name that coppice triggers lists"]],
  })
    .argument("<name>", "the trigger's name")
    .option("--program <name>", "the program it belongs to, when several have one of this name")
    .action(async (name: string, options: TriggerOptions) => {
      const { changeTrigger } = await import("../triggers.ts");
      await changeTrigger({ word, name, program: options.program, output: openOutput(options) });
    });
}
