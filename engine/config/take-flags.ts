import { type Candidates, nameOf } from "./candidate.ts";
import { hasFlag, variableOf } from "./options.ts";
import type { Problem } from "./problem.ts";

/** Adds what flags give. The command line's own parser has named them: it knows which there are. */
export function takeFlags(flags: ReadonlyMap<string, string>, folder: string, given: Candidates): Problem[] {
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
