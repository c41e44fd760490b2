import { hasFileForm, type OptionName, optionNames, options } from "./options.ts";
import type { Place } from "./problem.ts";

/** A text that somebody gave for an option. */
export interface Candidate {
  readonly text: string;
  readonly place: Place;
  /** How the user named it: `--api-port`, `COPPICE_API_PORT`, `api-port`. */
  readonly subject: string;
  /** The text is the path of a file that holds the value. */
  readonly inFile: boolean;
  readonly folder: string;
}

/** What was given for each option; the first of several wins. */
export type Candidates = ReadonlyMap<OptionName, Candidate[]>;

/** `keystone-password-file` is `keystone-password`, in a file. */
export function nameOf(written: string): { name: OptionName; inFile: boolean } | undefined {
  if (isName(written)) return { name: written, inFile: false };
  const bare = written.replace(/-file$/, "");
  return bare !== written && isName(bare) && hasFileForm(bare) ? { name: bare, inFile: true } : undefined;
}

function isName(written: string): written is OptionName {
  return Object.hasOwn(options, written);
}

/** Every name that `nameOf` knows. */
export function allNames(): string[] {
  return optionNames.flatMap((name) => (hasFileForm(name) ? [name, `${name}-file`] : [name]));
}
