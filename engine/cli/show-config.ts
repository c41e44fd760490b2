import { didYouMean } from "../../grammar/diagnostics/suggest.ts";
import type { Config } from "../config/config.ts";
import { currentConfig } from "../config/current-config.ts";
import { type OptionName, optionNames, optionOf } from "../config/options.ts";
import { showPlace, showProblem } from "../config/problem.ts";
import { shownValue } from "../config/shown-value.ts";
import { CliError } from "./cli-error.ts";
import { exitCodes } from "./exit-codes.ts";
import type { Output } from "./output.ts";
import { printTable } from "./table.ts";

/** Prints options, their values and where those were given; of secrets only where. */
export function showConfig(q: { names: readonly string[]; given: boolean; output: Output }): void {
  const config = currentConfig();
  const names = q.names.length === 0 ? optionNames : q.names.map(expectName);
  const shown = names
    .filter((name) => !q.given || config.given(name) !== undefined)
    .map((name) => ({ name, value: shownValue(config, name), from: config.place(name) }));
  printTable(
    q.output,
    ["OPTION", "VALUE", "FROM"],
    shown.map(({ name, value }) => [name, value ?? meaningOfNone(name), fromOf(config, name)]),
  );
  if (shown.length === 0) q.output.line("Everything is as by default.");
  q.output.data({
    file: config.file,
    options: shown.map(({ name, value, from }) => ({
      name,
      value,
      from,
      value_file: config.valueFile(name),
      secret: optionOf(name).secret !== undefined,
    })),
  });
}

/** Prints what there is to warn of; the mistakes have ended the command before. */
export function checkConfig(output: Output): void {
  const config = currentConfig();
  for (const warning of config.warnings) {
    output.line(`${output.paint("yellow", "warning:")} ${showProblem(warning)}`);
    output.line(`  ${output.paint("cyan", "help:")} ${warning.help}`);
  }
  const given = optionNames.filter((name) => config.given(name) !== undefined);
  const file = config.file === null ? "no file was read" : `with ${config.file}`;
  output.line(`No mistakes: ${given.length} of ${optionNames.length} options are given, ${file}.`);
  output.data({
    file: config.file,
    given,
    warnings: config.warnings.map(({ place, message, help }) => ({ place, message, help })),
  });
}

/** What it means that there is no value: `none; up starts a Postgres of its own`. */
function meaningOfNone(name: OptionName): string {
  return optionOf(name).defaultText?.replaceAll("`", "") ?? "none";
}

function fromOf(config: Config, name: OptionName): string {
  const file = config.valueFile(name);
  return file === null ? showPlace(config.place(name)) : `${showPlace(config.place(name))} (${file})`;
}

function expectName(written: string): OptionName {
  const name = optionNames.find((each) => each === written);
  if (name !== undefined) return name;
  throw new CliError(exitCodes.usage, `there is no option "${written}"`, {
    help: didYouMean(written, optionNames) ?? "list them with: coppice config show",
  });
}
