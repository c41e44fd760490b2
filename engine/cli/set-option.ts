import { Option } from "commander";

/** `--set name=value`, which may be given several times: all its values, in order. */
export function setOption(description: string): Option {
  return new Option("--set <name=value>", description)
    .default([], "none")
    .argParser((value: string, before: readonly string[]) => [...before, value]);
}
