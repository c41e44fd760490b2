import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import { BadValue } from "./bad-value.ts";
import type { Candidate } from "./candidate.ts";
import { type OptionName, optionOf } from "./options.ts";
import type { Place, Problem } from "./problem.ts";
import { withoutPassword } from "./without-password.ts";

/** An option's value, and where it stands. */
export interface Entry {
  readonly value: unknown;
  readonly place: Place;
  readonly valueFile: string | null;
}

/** An option's value: the first that was given, else the default. What is wrong goes to `problems`. */
export function settle(
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
    throw new BadValue(`is ${JSON.stringify(withoutPassword(value))}, which ${error.message}`, error.help);
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
