import { readFile, realpath, stat } from "node:fs/promises";
import { resolve, sep } from "node:path";
import type { LocalSecret } from "../../../grammar/plan.ts";
import { HostFailure } from "../plugin-host.ts";
import { refusalOf, type SecretRules } from "./secret-rules.ts";

/** Reads values of secrets, at the edge: nothing else in the engine ever holds one. */
export interface SecretReader {
  /** The value as it is now. Throws `HostFailure`, without the value. */
  read(name: string, from: LocalSecret): Promise<string>;
}

const bytesAtMost = 64 * 1024;
/** A shorter text would be found everywhere in answers, and what replaces it would tell it. */
const charactersAtLeast = 4;

/** A reader of what `rules` allow: environment variables, and files without the line's end at their end. */
export function createSecretReader(rules: SecretRules, env: NodeJS.ProcessEnv): SecretReader {
  return {
    async read(name, from) {
      const refusal = refusalOf(rules, from);
      if (refusal !== null)
        throw failure("secret-not-allowed", `secret "${name}": ${refusal.message}`, refusal.help);
      const value =
        from.source === "env" ? env[from.key] : await readFileIn(rules.folder ?? "", name, from.key);
      if (value === undefined || value === "")
        throw failure(
          "secret-missing",
          `secret "${name}": the environment variable ${from.key} is not set on this worker`,
          "set it where the worker is started",
        );
      return longEnough(name, value);
    },
  };
}

/** The value, unless it could not be kept out of answers. Throws `HostFailure`. */
export function longEnough(name: string, value: string): string {
  if (value.length >= charactersAtLeast) return value;
  throw failure(
    "secret-too-short",
    `secret "${name}" has less than ${charactersAtLeast} characters: it could not be kept out of answers`,
    "choose a longer one",
  );
}

/** The text of a file that is still inside the folder once links are followed. */
async function readFileIn(folder: string, name: string, key: string): Promise<string> {
  const missing = (why: string) =>
    failure(
      "secret-missing",
      `secret "${name}": the file "${key}" ${why} on this worker`,
      "put it into the folder that COPPICE_SECRET_DIR names",
    );
  const [root, file] = await Promise.all([realpath(folder), realpath(resolve(folder, key))]).catch(() => {
    throw missing("is not there");
  });
  if (!file.startsWith(root + sep)) throw missing("leads out of the folder of secrets");
  const { size } = await stat(file);
  if (size > bytesAtMost) throw missing(`is larger than ${bytesAtMost / 1024} KiB`);
  const text = await readFile(file, "utf8").catch(() => {
    throw missing("can't be read");
  });
  const value = text.replace(/\r?\n$/, "");
  if (value === "") throw missing("is empty");
  return value;
}

function failure(code: string, message: string, help: string): HostFailure {
  return new HostFailure(message, { code, retryable: false, help });
}
