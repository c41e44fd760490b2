import type { Config } from "./config.ts";
import type { Reader } from "./option.ts";
import {
  hasFileForm,
  type OptionName,
  type OptionValue,
  optionNames,
  optionOf,
  variableOf,
} from "./options.ts";

/** Values that replace those of a configuration. */
export type Overrides = { readonly [Name in OptionName]?: OptionValue<Name> };

/**
 * The environment for a program that is started with this configuration: what these readers read of it as variables,
 * wherever it was given, with absolute paths, and no other option of ours. It reads no file, so that it runs with what
 * was checked.
 */
export function environmentFor(
  readers: readonly Reader[],
  config: Config,
  overrides: Overrides = {},
): NodeJS.ProcessEnv {
  const environment: NodeJS.ProcessEnv = { ...config.environment };
  for (const name of optionNames) {
    const variable = variableOf(name);
    delete environment[variable];
    if (hasFileForm(name)) delete environment[`${variable}_FILE`];
    const { kind, readers: read } = optionOf(name);
    if (!read.some((reader) => readers.includes(reader))) continue;
    const value = overrides[name] ?? config.given(name);
    if (value === undefined) continue;
    const file = overrides[name] === undefined ? config.valueFile(name) : null;
    if (file === null) environment[variable] = kind.show(value);
    else environment[`${variable}_FILE`] = file;
  }
  environment["COPPICE_CONFIG"] = "none";
  environment["COPPICE_HOME"] = config.get("home");
  return environment;
}
