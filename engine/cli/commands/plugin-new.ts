import { type Command, Option } from "commander";
import { CliError } from "../cli-error.ts";
import { newCommand } from "../command.ts";
import { exitCodes } from "../exit-codes.ts";
import { type OutputOptions, openOutput } from "../output.ts";

interface NewPluginOptions extends OutputOptions {
  readonly template: string;
  readonly into?: string;
  readonly types?: string;
}

/** `coppice plugin new` */
export function newPluginCommand(): Command {
  return newCommand("new", {
    summary: "begin a plugin: a folder that works",
    description:
      "Writes a plugin that loads, passes its test and has a program that uses it: manifest, code, conformance.json,\n" +
      "tsconfig.json, README.md. The types of coppice/sdk are copied beside it, so editors know them without an install.",
    examples: [
      ["coppice plugin new my_cloud", "a driver, in the folder my_cloud"],
      ["coppice plugin new spread --template policy", "a policy type"],
      ["coppice plugin new --types my_cloud", "bring the types of this version to an older plugin"],
    ],
  })
    .argument("[name]", "its name: lower case letters, digits and _")
    .addOption(
      new Option("--template <kind>", "what it begins as")
        .choices(["driver", "policy", "source", "notifier"])
        .default("driver"),
    )
    .option("--into <folder>", "where to write it; a folder of its name when left out")
    .option("--types <folder>", "write nothing but the types, into a plugin that is there")
    .action(async (name: string | undefined, options: NewPluginOptions) => {
      const output = openOutput(options);
      const { newPlugin, templates } = await import("../../plugin-kit/new-plugin.ts");
      if (options.types !== undefined) {
        const { writeTypes } = await import("../../plugin-kit/write-types.ts");
        writeTypes(options.types);
        output.line(`The types in ${options.types}/.coppice are those of this version.`);
        output.data({ folder: options.types });
        return;
      }
      if (name === undefined)
        throw new CliError(exitCodes.usage, "a plugin needs a name", { help: "coppice plugin new my_cloud" });
      const into = options.into ?? name;
      const template = templates.find((each) => each === options.template) ?? "driver"; // the option's choices
      const files = newPlugin({ name, into, template });
      output.line(`${output.paint("green", "✔")} ${into}: ${files.join(", ")}`);
      output.line(`Next: coppice plugin test ${into}`);
      output.data({ folder: into, template, files });
    });
}
