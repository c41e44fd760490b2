import { mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { PluginError } from "../host/plugin-error.ts";
import { writeTypes } from "./write-types.ts";

/** What a new plugin may begin as. */
export const templates = ["driver", "policy", "source", "notifier"] as const;
export type Template = (typeof templates)[number];

const folder = fileURLToPath(new URL("./templates", import.meta.url));
const shared = ["README.md", "tsconfig.json"];
const placeholder = /\bsample\b/g;

/** Writes a plugin that works into `into`, which must be empty or not be there; the files' names. Throws `PluginError`. */
export function newPlugin(q: {
  readonly name: string;
  readonly into: string;
  readonly template: Template;
}): string[] {
  if (!/^[a-z][a-z0-9_]{0,62}$/.test(q.name))
    throw new PluginError(`"${q.name}" is no name for a plugin`, {
      code: "bad-name",
      help: "use lower case letters, digits and _, a letter first: my_cloud",
    });
  if (namesIn(q.into).length > 0)
    throw new PluginError(`${q.into} is not empty`, {
      code: "not-empty",
      help: "choose another name, or another folder with --into",
    });
  const own = readdirSync(join(folder, q.template)).map((name) => join(q.template, name));
  const written: string[] = [];
  for (const file of [...own, ...shared]) {
    const name = file.replace(/^.*\//, "");
    const text = readFileSync(join(folder, file), "utf8").replaceAll(placeholder, q.name);
    const target = join(q.into, name);
    mkdirSync(dirname(target), { recursive: true });
    writeFileSync(target, text, { flag: "wx" });
    written.push(name);
  }
  writeTypes(q.into);
  return written.sort();
}

function namesIn(path: string): readonly string[] {
  try {
    return readdirSync(path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return [];
    throw new PluginError(`${path} is no folder that can be used: ${(error as Error).message}`, {
      code: "not-empty",
      cause: error,
    });
  }
}
