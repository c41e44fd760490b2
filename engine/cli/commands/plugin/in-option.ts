import { resolve } from "node:path";
import { Option } from "commander";

/** `--in FOLDER`: where the programs and their `coppice.lock` lie; here when it's left out. */
export function inOption(): Option {
  return new Option("--in <folder>", "the folder of the programs, where coppice.lock lies")
    .argParser((folder) => resolve(folder))
    .default(process.cwd(), "this folder");
}
