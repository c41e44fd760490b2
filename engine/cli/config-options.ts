import { type Command, Option } from "commander";
import type { Config } from "../config/config.ts";
import { groups, type Reader } from "../config/option.ts";
import { hasFileForm, hasFlag, type OptionName, optionNames, optionOf } from "../config/options.ts";
import { showProblem } from "../config/problem.ts";
import { readConfig } from "../config/read-config.ts";

/** What a command reads of the configuration. */
interface ConfigUse {
  readonly reader: Reader;
  readonly needs: readonly OptionName[];
  /** Whether it tells warnings by itself, or has none to tell. */
  readonly quiet: boolean;
}

const uses = new WeakMap<Command, ConfigUse>();

/**
 * Gives a command the flags of these programs' options, in groups; `needs` must be given, by a flag or otherwise. `hidden`
 * flags are not listed in its help.
 */
export function addConfigOptions(
  command: Command,
  q: {
    readonly reader: Reader;
    readonly flagsOf: readonly Reader[];
    readonly needs?: readonly OptionName[];
    readonly hidden?: boolean;
  },
): Command {
  const named = optionNames.filter(
    (name) => !isShared(name) && optionOf(name).readers.some((each) => q.flagsOf.includes(each)),
  );
  const inGroups = Object.keys(groups).flatMap((group) =>
    named.filter((name) => optionOf(name).group === group),
  );
  for (const name of inGroups)
    for (const option of flagsOf(name)) command.addOption(q.hidden ? option.hideHelp() : option);
  uses.set(command, { reader: q.reader, needs: q.needs ?? [], quiet: q.hidden === true });
  return command;
}

/** Gives a command single options' flags, described in its own words. */
export function addConfigFlag(command: Command, name: OptionName, description?: string): Command {
  for (const option of flagsOf(name, description)) command.addOption(option.helpGroup("Options:"));
  return command;
}

/** Says which options a command can't do without, though it's none of the servers. */
export function needConfig(command: Command, needs: readonly OptionName[]): Command {
  uses.set(command, { reader: "cli", needs, quiet: true });
  return command;
}

/** Reads the configuration for a command that is about to run; servers tell warnings. Throws `ConfigError`. */
export function readConfigFor(command: Command): Config {
  const { reader, needs, quiet } = uses.get(command) ?? { reader: "cli", needs: [], quiet: true };
  const config = readConfig({ reader, needs, flags: configFlags(command) });
  if (!quiet)
    for (const warning of config.warnings)
      process.stderr.write(`warning: ${showProblem(warning)}\n  help: ${warning.help}\n`);
  return config;
}

/** The flags of options that were written, by the options' names. */
export function configFlags(command: Command): ReadonlyMap<string, string> {
  const flags = new Map<string, string>();
  for (const option of command.options) {
    const name = option.long?.slice(2) ?? "";
    if (!ours.has(option)) continue;
    const value: unknown = command.getOptionValue(option.attributeName());
    if (value !== undefined) flags.set(name, String(value));
  }
  return flags;
}

const ours = new WeakSet<Option>();

/** Options that every command has. */
const shared = ["home", "config"] as const satisfies readonly OptionName[];

function isShared(name: OptionName): boolean {
  return (shared as readonly OptionName[]).includes(name);
}

function flagsOf(name: OptionName, description?: string): Option[] {
  const { kind, doc, group } = optionOf(name);
  const flags: Option[] = [];
  const heading = `${groups[group].replaceAll("`", "")}:`;
  const add = (flag: string, text: string) => {
    const made = new Option(flag, text);
    made.negate = false; // --no-proxy is an option by itself
    made.helpGroup(heading);
    ours.add(made);
    flags.push(made);
    return made;
  };
  if (!hasFlag(name))
    add(`--${name} <${kind.word}>`, "").hideHelp(); // to say why it's none
  else {
    const optional = kind.word === "true|false";
    const made = add(`--${name} ${optional ? "[true|false]" : `<${kind.word}>`}`, description ?? plain(doc));
    made.argParser((text) => text); // the configuration reads it, to tell all mistakes at once
    if (kind.choices !== undefined) made.argChoices = [...kind.choices];
  }
  if (hasFileForm(name)) add(`--${name}-file <path>`, `a file that holds ${name}`);
  return flags;
}

/** The first sentence of the documentation, without its marks. */
function plain(doc: string): string {
  const text = doc.replaceAll("`", "").replace(/\[(.*?)\]\(.*?\)/g, "$1");
  return text.replace(/\. .*/, "").replace(/\.$/, "");
}
