import { type Command, InvalidArgumentError, Option } from "commander";
import { newCommand } from "../command.ts";
import { exitCodes } from "../exit-codes.ts";
import { type OutputOptions, openOutput } from "../output.ts";
import { setOption } from "../set-option.ts";

interface TryPluginOptions extends OutputOptions {
  readonly program?: string;
  readonly set: readonly string[];
  readonly allow: readonly string[];
  readonly with: readonly string[];
  readonly state?: string;
  readonly log: "debug" | "info" | "warn" | "error";
  readonly watch?: true;
  readonly inspect?: true | number;
  readonly timeout: number;
}

/** `coppice plugin try` */
export function tryPluginCommand(): Command {
  return newCommand("try", {
    summary: "call a plugin by hand and see what it does",
    description:
      "Calls one operation or function in a real isolate and shows its result, its events and log lines, and what it asked\n" +
      "the broker for. Nothing is allowed but what --allow, a program or its conformance.json says, and its own records,\n" +
      "which are kept in memory. Without an operation it reads calls line by line. Exits 1 when the last call failed.",
    examples: [
      ["coppice plugin try plugins/fake create image=shop/web:1", "one call"],
      ["coppice plugin try plugins/fake create image=shop/web:1 --watch", "again whenever its files change"],
      ["coppice plugin try my_cloud get --allow 'http 127.0.0.1:8080'", "with a permission"],
      [
        "coppice plugin try my_cloud create content=plums --inspect",
        "stop at breakpoints in Chrome or VS Code",
      ],
      ["coppice plugin try my_cloud", "many calls, one a line"],
    ],
  })
    .argument("<path>", "the plugin's folder, file or archive")
    .argument("[operation]", "create, box.create, or a function's name")
    .argument("[name=value...]", "properties and arguments; also key=…, node=3, physical_id=…")
    .option("--program <file>", "take settings and grants from this program")
    .addOption(setOption("with --program: set one of its parameters; may be repeated"))
    .addOption(listOption("--allow <line>", "allow something, as in a program: 'http 127.0.0.1:8080'"))
    .addOption(listOption("--with <name=value>", "one of the plugin's settings"))
    .option("--state <file>", "keep its records in this file for the next time")
    .addOption(
      new Option("--log <level>", "show log lines from this level on")
        .choices(["debug", "info", "warn", "error"])
        .default("debug"),
    )
    .option("--watch", "call it again whenever its files change")
    .option("--inspect [port]", "let a debugger in, on 127.0.0.1; the call waits for it", port)
    .option("--timeout <seconds>", "how long a call may take", seconds, 60)
    .action(
      async (
        path: string,
        operation: string | undefined,
        args: readonly string[],
        options: TryPluginOptions,
      ) => {
        const { tryPlugin } = await import("../try-plugin.ts");
        const passed = await tryPlugin({
          path,
          operation: operation ?? null,
          arguments: args,
          program: options.program,
          set: options.set,
          allow: options.allow,
          with: options.with,
          state: options.state,
          log: options.log,
          watch: options.watch === true,
          inspect:
            options.inspect === undefined ? null : options.inspect === true ? defaultPort : options.inspect,
          timeoutMs: options.timeout * 1000,
          output: openOutput(options),
        });
        if (!passed) process.exitCode = exitCodes.failed;
      },
    );
}

/** Beside Node's own 9229. */
const defaultPort = 9339;

function listOption(flags: string, description: string): Option {
  return new Option(flags, `${description}; may be repeated`)
    .default([], "none")
    .argParser((value: string, before: readonly string[]) => [...before, value]);
}

function port(text: string): number {
  const value = Number(text);
  if (!Number.isInteger(value) || value < 0 || value > 65_535)
    throw new InvalidArgumentError("Write a port, 0 for any that is free.");
  return value;
}

function seconds(text: string): number {
  const value = Number(text.replace(/s$/, ""));
  if (!(value > 0 && value <= 86_400)) throw new InvalidArgumentError("Write seconds, at most 86400.");
  return value;
}
