import { readFileSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { suggest } from "../../grammar/diagnostics/suggest.ts";
import { BadValue } from "./bad-value.ts";
import type { Config } from "./config.ts";
import { ConfigError } from "./config-error.ts";
import { type ConfigFile, itemMark, readConfigFile } from "./config-file.ts";
import { crossChecks } from "./cross-checks.ts";
import type { Reader } from "./option.ts";
import {
  hasFileForm,
  hasFlag,
  type OptionName,
  type OptionValue,
  optionNames,
  optionOf,
  options,
  variableOf,
} from "./options.ts";
import { byPlace, type Place, type Problem } from "./problem.ts";

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

interface Candidate {
  readonly text: string;
  readonly place: Place;
  /** How the user named it: `--api-port`, `COPPICE_API_PORT`, `api-port`. */
  readonly subject: string;
  /** The text is the path of a file that holds the value. */
  readonly inFile: boolean;
  readonly folder: string;
}

interface Entry {
  readonly value: unknown;
  readonly place: Place;
  readonly valueFile: string | null;
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
  problems.push(...takeVariables(environment, folder, given));

  const entries = new Map<OptionName, Entry>();
  const settle = (name: OptionName) =>
    entries.set(name, entryOf(name, given.get(name) ?? [], environment, problems));
  settle("home");
  settle("config");
  const file = openFile(entries, problems);
  const fileIsNamed = entries.get("config")?.place.kind !== "default";
  if (file !== null) problems.push(...takeFile(file, fileIsNamed, given));
  if (given.get("home")?.[0]?.place.kind === "file") settle("home");
  for (const name of optionNames) if (name !== "home" && name !== "config") settle(name);

  const config = configOf(entries, { file: file?.path ?? null, environment, problems });
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

/** Flags were named by the command line's own parser: it knows which there are. */
function takeFlags(
  flags: ReadonlyMap<string, string>,
  folder: string,
  given: Map<OptionName, Candidate[]>,
): Problem[] {
  const problems: Problem[] = [];
  for (const [written, text] of flags) {
    const { name, inFile } = nameOf(written) ?? {};
    if (name === undefined) throw new Error(`there is no option "${written}"`);
    const flag = `--${written}`;
    const place = { kind: "flag", name: flag } as const;
    if (inFile || hasFlag(name))
      given.get(name)?.push({ text, place, subject: flag, inFile: inFile === true, folder });
    else
      problems.push({
        severity: "mistake",
        place,
        about: name,
        message: `${flag} is a secret, and every user of this machine sees command lines`,
        help: `set ${variableOf(name)}, or name a file that holds it: ${flag}-file`,
      });
  }
  return problems;
}

function takeVariables(
  environment: NodeJS.ProcessEnv,
  folder: string,
  given: Map<OptionName, Candidate[]>,
): Problem[] {
  const known = new Set<string>();
  for (const name of optionNames) {
    const forms = hasFileForm(name) ? [false, true] : [false];
    for (const inFile of forms) {
      const variable = `${variableOf(name)}${inFile ? "_FILE" : ""}`;
      known.add(variable);
      const text = environment[variable];
      // an empty variable is one that isn't set, but for lists, which may be empty
      if (text === undefined || (text === "" && (inFile || optionOf(name).kind.separator === undefined)))
        continue;
      const place = { kind: "variable", name: variable } as const;
      given.get(name)?.push({ text, place, subject: variable, inFile, folder });
    }
  }
  const secrets = new Set((environment["COPPICE_SECRET_ENV"] ?? "").split(",").map((name) => name.trim()));
  return Object.keys(environment)
    .filter((name) => name.startsWith("COPPICE_") && !name.startsWith("COPPICE_TEST_"))
    .filter((name) => !known.has(name) && !secrets.has(name))
    .map((name) => unknownVariable(name, known));
}

/** Others may have variables of such names, so only one that was probably meant for us is a mistake. */
function unknownVariable(name: string, known: ReadonlySet<string>): Problem {
  const near = known.has(name.slice("COPPICE_".length))
    ? name.slice("COPPICE_".length)
    : suggest(
        name.slice("COPPICE_".length),
        [...known].map((each) => each.replace(/^COPPICE_/, "")),
      );
  const meant = near === undefined ? undefined : known.has(near) ? near : `COPPICE_${near}`;
  return {
    severity: meant === undefined ? "warning" : "mistake",
    place: { kind: "variable", name },
    about: "unknown",
    message: `${name} is no option`,
    help: meant === undefined ? "list them with: coppice config show" : `did you mean ${meant}?`,
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

function takeFile(file: ConfigFile, named: boolean, given: Map<OptionName, Candidate[]>): Problem[] {
  const problems: Problem[] = [];
  const folder = dirname(resolve(file.path));
  for (const { name: written, text, wrong, namePlace, place } of file.values) {
    const { name, inFile = false } = nameOf(written) ?? {};
    const mistake = (message: string, help: string, at: Place) =>
      problems.push({ severity: "mistake", place: at, about: name ?? "unknown", message, help });
    if (name === undefined) {
      const near = suggest(written, allNames());
      mistake(
        `there is no option "${written}"`,
        near === undefined ? "list them with: coppice config show" : `did you mean "${near}"?`,
        namePlace,
      );
    } else if (name === "config" || (name === "home" && !named))
      mistake(
        `${name} can't be set in the file that it leads to`,
        `set ${variableOf(name)} or --${name} instead`,
        namePlace,
      );
    else if (wrong !== undefined) mistake(`${name} ${wrong}`, `write ${optionOf(name).kind.name}`, place);
    else if (text === null)
      mistake(`${written} has no value`, "write one, or leave the line out for the default", namePlace);
    else {
      const { separator } = optionOf(name).kind;
      if (text.includes(itemMark) && (separator === undefined || inFile)) {
        mistake(`${written} is a list`, `write ${optionOf(name).kind.name}`, place);
        continue;
      }
      const joined = text.replaceAll(itemMark, separator ?? "");
      given.get(name)?.push({ text: joined, place, subject: written, inFile, folder });
      if (file.open && optionOf(name).secret === "all" && !inFile)
        problems.push({
          severity: "warning",
          place,
          about: name,
          message: `${written} is a secret, and others may read ${file.path}`,
          help: `chmod 600 ${file.path}, or name a file of its own: ${written}-file`,
        });
    }
  }
  return problems;
}

function entryOf(
  name: OptionName,
  candidates: readonly Candidate[],
  environment: NodeJS.ProcessEnv,
  problems: Problem[],
): Entry {
  const [first] = candidates;
  const fallback = (): Entry => {
    const given = optionOf(name).default;
    const value = typeof given === "function" ? given(environment) : given;
    return { value, place: { kind: "default" }, valueFile: null };
  };
  if (first === undefined) return fallback();
  const twin = candidates.find((other) => other !== first && other.place.kind === first.place.kind);
  if (twin !== undefined) {
    problems.push({
      severity: "mistake",
      place: twin.place,
      about: name,
      message: `${first.subject} and ${twin.subject} are both given`,
      help: "leave one out",
    });
    return fallback();
  }
  try {
    return { ...parse(name, first), place: first.place };
  } catch (error) {
    if (!(error instanceof BadValue)) throw error;
    problems.push({
      severity: "mistake",
      place: first.place,
      about: name,
      message: `${first.subject} ${error.message}`,
      help: error.help,
    });
    return fallback();
  }
}

/** Throws `BadValue` with the value quoted, unless it's a secret. */
function parse(
  name: OptionName,
  { text, inFile, folder }: Candidate,
): { value: unknown; valueFile: string | null } {
  const { kind, secret } = optionOf(name);
  const valueFile = inFile ? resolve(folder, text) : null;
  const value = valueFile === null ? text : readValue(valueFile);
  try {
    if (value === "" && kind.separator === undefined) throw new BadValue("is empty", `write ${kind.name}`);
    return { value: kind.parse(value, folder), valueFile };
  } catch (error) {
    if (!(error instanceof BadValue)) throw error;
    if (secret !== undefined || value === "") throw error;
    throw new BadValue(`is ${JSON.stringify(value)}, which ${error.message}`, error.help);
  }
}

function readValue(file: string): string {
  try {
    return readFileSync(file, "utf8").replace(/\r?\n$/, "");
  } catch (error) {
    throw new BadValue(
      `names ${file}, which can't be read: ${(error as Error).message}`,
      "name a file that holds the value, and that Coppice may read",
    );
  }
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

/** `keystone-password-file` is `keystone-password`, in a file. */
function nameOf(written: string): { name: OptionName; inFile: boolean } | undefined {
  if (isName(written)) return { name: written, inFile: false };
  const bare = written.replace(/-file$/, "");
  return bare !== written && isName(bare) && hasFileForm(bare) ? { name: bare, inFile: true } : undefined;
}

function isName(written: string): written is OptionName {
  return Object.hasOwn(options, written);
}

function allNames(): string[] {
  return optionNames.flatMap((name) => (hasFileForm(name) ? [name, `${name}-file`] : [name]));
}

function concerns(reader: Reader, { about }: Problem): boolean {
  if (reader !== "cli" || about === "file") return true;
  return about !== "unknown" && optionOf(about).readers.includes("cli");
}
