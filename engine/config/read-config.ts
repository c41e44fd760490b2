import { join } from "node:path";
import type { Candidate } from "./candidate.ts";
import type { Config } from "./config.ts";
import { ConfigError } from "./config-error.ts";
import { type ConfigFile, readConfigFile } from "./config-file.ts";
import { crossChecks } from "./cross-checks.ts";
import type { Reader } from "./option.ts";
import { type OptionName, type OptionValue, optionNames, optionOf, variableOf } from "./options.ts";
import { byPlace, type Problem } from "./problem.ts";
import { type Entry, settle } from "./settle.ts";
import { takeFile } from "./take-file.ts";
import { takeFlags } from "./take-flags.ts";
import { takeVariables, unknownVariables } from "./take-variables.ts";

/** Where options come from; the first that gives one wins: flags, variables, the file. */
export interface ConfigSources {
  /** By name, as `api-port` or `keystone-password-file`. */
  readonly flags?: ReadonlyMap<string, string>;
  readonly environment?: NodeJS.ProcessEnv;
  /** Where relative paths in flags and variables start; the working folder when it's left out. */
  readonly folder?: string;
  /** Who asks. The servers check everything, `cli` only what it reads itself: another's mistake must not stop `coppice ls`. */
  readonly reader: Reader;
  /** Options that must be given. */
  readonly needs?: readonly OptionName[];
}

/** Reads all options from where they are given, and checks them. Throws `ConfigError` with every mistake that it found. */
export function readConfig(sources: ConfigSources): Config {
  const { config, mistakes } = examineConfig(sources);
  if (mistakes.length > 0) throw new ConfigError(mistakes);
  return config;
}

/** As `readConfig`, but tells the mistakes instead; the options that are wrong have their defaults. */
export function examineConfig(sources: ConfigSources): {
  readonly config: Config;
  readonly mistakes: readonly Problem[];
} {
  const {
    flags = new Map(),
    environment = process.env,
    folder = process.cwd(),
    reader,
    needs = [],
  } = sources;
  const problems: Problem[] = [];
  const given = new Map<OptionName, Candidate[]>(optionNames.map((name) => [name, []]));
  problems.push(...takeFlags(flags, folder, given));
  takeVariables(environment, folder, given);

  const entries = new Map<OptionName, Entry>();
  const take = (name: OptionName) =>
    entries.set(name, settle(name, given.get(name) ?? [], environment, problems));
  take("home");
  take("config");
  const file = openFile(entries, problems);
  const fileIsNamed = entries.get("config")?.place.kind !== "default";
  if (file !== null) problems.push(...takeFile(file, fileIsNamed, given));
  if (given.get("home")?.[0]?.place.kind === "file") take("home");
  for (const name of optionNames) if (name !== "home" && name !== "config") take(name);

  const config = configOf(entries, { file: file?.path ?? null, environment, problems });
  problems.push(...unknownVariables(environment, config.get("secret-env")));
  const broken = new Set(problems.map(({ about }) => about));
  for (const name of needs) if (config.get(name) === null && !broken.has(name)) problems.push(missing(name));
  problems.push(...crossChecks(config, broken));
  const mistakes = problems
    .filter((problem) => problem.severity === "mistake" && concerns(reader, problem))
    .sort(byPlace);
  return { config, mistakes };
}

function configOf(
  entries: ReadonlyMap<OptionName, Entry>,
  q: { file: string | null; environment: NodeJS.ProcessEnv; problems: readonly Problem[] },
): Config {
  const entry = (name: OptionName) => entries.get(name)!; // every name was settled
  return {
    get: <Name extends OptionName>(name: Name) => entry(name).value as OptionValue<Name>, // parsed by its own kind
    given: <Name extends OptionName>(name: Name) =>
      entry(name).place.kind === "default" ? undefined : (entry(name).value as OptionValue<Name>),
    place: (name) => entry(name).place,
    valueFile: (name) => entry(name).valueFile,
    file: q.file,
    environment: q.environment,
    get warnings() {
      return q.problems.filter(({ severity }) => severity === "warning");
    },
  };
}

function openFile(entries: ReadonlyMap<OptionName, Entry>, problems: Problem[]): ConfigFile | null {
  const named = entries.get("config");
  if (named?.place.kind !== "default" && named?.value === null) return null; // none
  const home = entries.get("home")?.value as string;
  const file = readConfigFile(
    (named?.value as string | null) ?? join(home, "coppice.yaml"),
    named?.value == null,
  );
  problems.push(...(file?.problems ?? []));
  return file;
}

function missing(name: OptionName): Problem {
  const variable = variableOf(name);
  const { example, kind } = optionOf(name);
  return {
    severity: "mistake",
    place: { kind: "default" },
    about: name,
    message: `${variable} is not set`,
    help: `Set it, for example ${variable}=${example ?? kind.word}; or let it all be started: coppice up`,
  };
}

function concerns(reader: Reader, { about }: Problem): boolean {
  if (reader !== "cli" || about === "file") return true;
  return about !== "unknown" && optionOf(about).readers.includes("cli");
}
