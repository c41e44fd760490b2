import type { Command } from "commander";
import { wallsAreRequired } from "../../host/jail/strict.ts";
import { newCommand } from "../command.ts";
import { addConfigFlag } from "../config-options.ts";
import { exitCodes } from "../exit-codes.ts";
import { type OutputOptions, openOutput } from "../output.ts";

const marks = { ok: ["✔", "green"], warning: ["!", "yellow"], problem: ["✘", "red"] } as const;

/** `coppice doctor` */
export function doctorCommand(): Command {
  const command = newCommand("doctor", {
    summary: "look whether this machine has what Coppice needs",
    description:
      "Looks at Node, isolated-vm, Python, Temporal, Postgres, the home and its ports, and tries each of the walls around\n" +
      "plugins with a probe that wants to get out. Exits 1 when something is missing that Coppice can't do without.",
    examples: [
      ["coppice doctor", "what is there, and how to mend what isn't"],
      ["coppice doctor --strict", "whether plugins would run with COPPICE_STRICT=1"],
      ["coppice doctor --json", "for a bug report"],
    ],
  });
  addConfigFlag(command, "strict", "a wall that is missing is a problem, as with COPPICE_STRICT=1");
  return command.action(async (options: OutputOptions) => {
    const output = openOutput(options);
    const { examineMachine } = await import("../examine-machine.ts");
    const findings = await examineMachine({ strict: wallsAreRequired() });
    for (const { subject, level, text, help } of findings) {
      const [mark, style] = marks[level];
      output.line(`${output.paint(style, mark)} ${subject.padEnd(24)} ${text}`);
      if (help !== undefined && level !== "ok")
        output.line(`${" ".repeat(27)}${output.paint("cyan", "help:")} ${help}`);
    }
    const healthy = findings.every((finding) => finding.level !== "problem");
    output.data({ healthy, findings });
    if (!healthy) process.exitCode = exitCodes.failed;
  });
}
