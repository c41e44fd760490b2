import { dirname, resolve } from "node:path";
import { suggest } from "../../grammar/diagnostics/suggest.ts";
import { allNames, type Candidates, nameOf } from "./candidate.ts";
import { type ConfigFile, itemMark } from "./config-file.ts";
import { type OptionName, optionOf, variableOf } from "./options.ts";
import type { Place, Problem } from "./problem.ts";

/** Adds what the file gives. `named`: it was found by its own name, so it may say where the home is. */
export function takeFile(file: ConfigFile, named: boolean, given: Candidates): Problem[] {
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
      if (file.open && !inFile && isSecret(name, text))
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

/** Addresses are secrets when a password is in them. */
function isSecret(name: OptionName, text: string): boolean {
  const { secret } = optionOf(name);
  return secret === "all" || (secret === "password" && /:\/\/[^/@]*:.*@/.test(text));
}
