import { writeFileSync } from "node:fs";
import path from "node:path";
import { type Command, InvalidArgumentError } from "commander";
import { CliError } from "../cli-error.ts";
import { group, newCommand } from "../command.ts";
import { exitCodes } from "../exit-codes.ts";
import { type OutputOptions, openOutput } from "../output.ts";

interface ImportOptions extends OutputOptions {
  readonly output?: string;
  readonly plugins: string;
  readonly cluster?: string;
  readonly size: number;
  readonly minSize: number;
  readonly maxSize?: number;
  readonly force?: boolean;
}

/** `coppice import senlin` */
export function importCommand(): Command {
  return group("import", {
    summary: "turn another system's definitions into a program",
    description:
      "Reads definitions of another system and writes a program that means the same, as far as it can.",
    examples: [["coppice import senlin profile.yaml deletion.yaml -o pool.coppice", "specs of Senlin"]],
  }).addCommand(importSenlinCommand());
}

function importSenlinCommand(): Command {
  return newCommand("senlin", {
    summary: "turn Senlin's profile and policy specs into a program",
    description:
      "Reads the YAML or JSON specs that `openstack cluster profile create` and `openstack cluster policy create` take, and\n" +
      "prints one program. What could not be carried over, and what means something else now, goes to stderr, with the\n" +
      "spec's line. Passwords are not written into the program. A file that holds no spec stops it (exit code 3).",
    examples: [
      ["coppice import senlin examples/senlin/*.yaml", "to standard output"],
      [
        "coppice import senlin web.yaml -o web.coppice --cluster web --size 3 --max-size 10",
        "with a cluster",
      ],
    ],
  })
    .argument("<file...>", "specs; - for standard input")
    .option("-o, --output <file>", "write the program there instead of printing it")
    .option("-f, --force", "write over a file that is there")
    .option("--plugins <folder>", "where the program finds its plugins, relative to itself", "./plugins")
    .option("--cluster <name>", "add a cluster with the first profile and all policies")
    .option("--size <count>", "how many nodes the cluster begins with", parseSize, 1)
    .option("--min-size <count>", "its lower bound; needs --max-size", parseSize, 0)
    .option("--max-size <count>", "its upper bound", parseSize)
    .action(async (files: readonly string[], options: ImportOptions) => {
      const output = openOutput(options);
      const { importSpecs } = await import("../../senlin-import/import-specs.ts");
      const { checkProgram } = await import("../check-program.ts");
      const { readText } = await import("../read-text.ts");
      const { text, report } = importSpecs({
        files: files.map((file) => readText(file, "Name YAML or JSON files, or - for standard input.")),
        pluginFolder: options.plugins,
        cluster:
          options.cluster === undefined
            ? null
            : {
                name: options.cluster,
                size: options.size,
                minimum: options.minSize,
                maximum: options.maxSize ?? null,
              },
      });
      for (const line of report.lines()) output.note(line);
      const entries = report.entries();
      if (entries.some((entry) => entry.kind === "problem")) {
        output.data({ text: null, report: entries });
        throw new CliError(exitCodes.programErrors, "nothing was written: not every file could be read", {
          help: "Mend the errors above, or leave those files out.",
        });
      }
      if (options.output === undefined) {
        if (!output.json) process.stdout.write(text);
      } else write(options.output, text, options.force === true);
      const folder =
        options.output === undefined ? process.cwd() : path.dirname(path.resolve(options.output));
      const checked = checkProgram({ path: options.output ?? "<imported>", text, folder });
      if (!checked.ok) {
        output.note("\nThe program is not complete yet:");
        output.note(checked.render(output.color).trimEnd());
      }
      output.data({ text, report: entries, ok: checked.ok, diagnostics: checked.diagnostics });
    });
}

function parseSize(text: string): number {
  if (!/^\d{1,6}$/.test(text)) throw new InvalidArgumentError("write a number of nodes");
  return Number(text);
}

function write(file: string, text: string, force: boolean): void {
  try {
    writeFileSync(file, text, { flag: force ? "w" : "wx" });
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException; // writeFileSync throws nothing else
    const why = code === "EEXIST" ? "it is there already" : message;
    throw new CliError(exitCodes.failed, `can't write ${file}: ${why}`, {
      help:
        code === "EEXIST" ? "Name another file, or add --force." : "Name a file in a folder that is there.",
      cause: error,
    });
  }
}
