import { readFileSync } from "node:fs";
import { Command, CommanderError } from "commander";
import { installConfig } from "../config/current-config.ts";
import { CliError } from "./cli-error.ts";
import { commands } from "./commands.ts";
import { readConfigFor } from "./config-options.ts";
import { exitCodes, exitCodeTexts } from "./exit-codes.ts";
import { reportError } from "./report-error.ts";

/** Runs one command line, the part after `coppice`; returns the exit code. Prints errors itself, never throws. */
export async function runCli(args: readonly string[]): Promise<number> {
  process.exitCode = exitCodes.ok;
  try {
    const program = await buildProgram(args);
    program.hook("preAction", (_program, command) => installConfig(readConfigFor(command)));
    await program.parseAsync(args, { from: "user" });
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? exitCodes.ok : exitCodes.usage;
    return reportError(error, { json: args.includes("--json"), debug: args.includes("--debug") });
  }
  return Number(process.exitCode);
}

/** The whole command tree; only the named command when there is one, since loading the others takes time. */
export async function buildProgram(args: readonly string[]): Promise<Command> {
  const program = new Command("coppice")
    .description("Clusters that grow back: typed actions and policies, run as durable workflows.")
    .version(version(), "-V, --version", "print the version")
    .helpOption("-h, --help", "show this help")
    .helpCommand("help [command]", "show a command's help; `help exit-codes` lists the exit codes")
    .showSuggestionAfterError(true)
    .enablePositionalOptions() // an option belongs to the command that it follows: `plan run` has some of `plan`'s names
    .showHelpAfterError("(coppice help shows all commands)")
    .addHelpText("after", start);
  const named = commands[args[0] ?? ""];
  const loads = named === undefined ? Object.values(commands) : [named];
  for (const command of await Promise.all(loads.map((load) => load()))) program.addCommand(command);
  if (named === undefined) (await import("./commands/completion.ts")).addCompletion(program);
  if (args[0] === "help" && args[1] === "exit-codes") program.addCommand(exitCodesCommand());
  override(program);
  return program;
}

const start = `
Start here:
  coppice up                                  # Postgres, Temporal with its UI, the API and a worker, on this machine
  coppice check examples/storefront.coppice   # find a program's mistakes; needs no server
  coppice apply examples/storefront.coppice   # make its clusters
  coppice run roll cluster=storefront image=shop/web:2`;

/** Commander ends the process by itself unless each command of the tree is told not to. */
function override(command: Command): void {
  command.exitOverride();
  for (const child of command.commands) override(child);
}

function exitCodesCommand(): Command {
  const lines = exitCodeTexts.map(([code, text]) => `${String(code).padStart(3)}  ${text}`);
  return new Command("exit-codes").configureHelp({ formatHelp: () => `${lines.join("\n")}\n` });
}

function version(): string {
  const file = new URL("../../package.json", import.meta.url);
  const { version } = JSON.parse(readFileSync(file, "utf8"));
  if (typeof version !== "string") throw new CliError(exitCodes.failed, "package.json holds no version");
  return version;
}
