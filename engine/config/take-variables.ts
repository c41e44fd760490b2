import { suggest } from "../../grammar/diagnostics/suggest.ts";
import type { Candidates } from "./candidate.ts";
import { hasFileForm, type OptionName, optionNames, optionOf, variableOf } from "./options.ts";
import type { Problem } from "./problem.ts";

/** Adds what environment variables give. */
export function takeVariables(environment: NodeJS.ProcessEnv, folder: string, given: Candidates): void {
  for (const name of optionNames) {
    const forms = hasFileForm(name) ? [false, true] : [false];
    for (const inFile of forms) {
      const variable = formOf(name, inFile);
      const text = environment[variable];
      // an empty variable is one that isn't set, but for lists, which may be empty
      if (text === undefined || (text === "" && (inFile || optionOf(name).kind.separator === undefined)))
        continue;
      const place = { kind: "variable", name: variable } as const;
      given.get(name)?.push({ text, place, subject: variable, inFile, folder });
    }
  }
}

function formOf(name: OptionName, inFile: boolean): string {
  return `${variableOf(name)}${inFile ? "_FILE" : ""}`;
}

/** Tells of variables that look like ours and are none, nor `secrets` of programs. */
export function unknownVariables(environment: NodeJS.ProcessEnv, secrets: readonly string[]): Problem[] {
  const known = new Set(
    optionNames.flatMap((name) => [formOf(name, false), ...(hasFileForm(name) ? [formOf(name, true)] : [])]),
  );
  return Object.keys(environment)
    .filter((name) => name.startsWith("COPPICE_") && !name.startsWith("COPPICE_TEST_"))
    .filter((name) => !known.has(name) && !secrets.includes(name))
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
