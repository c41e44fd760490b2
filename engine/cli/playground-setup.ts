import { statSync } from "node:fs";
import type { Grant, Json } from "../../grammar/plan.ts";
import { readConformanceFile } from "../conformance/conformance-file.ts";
import { readManifest } from "../host/read-manifest.ts";
import { readPermission } from "../host/read-permission.ts";
import { readValue } from "../plugin-kit/read-trial.ts";
import { CliError } from "./cli-error.ts";
import { conformanceOfProgram } from "./conformance-of-program.ts";
import { exitCodes } from "./exit-codes.ts";
import type { Output } from "./output.ts";

/**
 * What a plugin may do in the playground, and its settings: from `conformance.json`, then a program, then the options.
 * Its own records are always allowed, since they are in memory here; nothing else is.
 */
export async function playgroundSetup(q: {
  readonly path: string;
  readonly program: string | undefined;
  readonly set: readonly string[];
  readonly allow: readonly string[];
  readonly with: readonly string[];
  readonly output: Output;
}): Promise<{ readonly grants: readonly Grant[]; readonly settings: Readonly<Record<string, Json>> }> {
  const manifest = readManifest(q.path);
  const own = statSync(q.path).isDirectory() ? readConformanceFile(q.path) : {};
  const program =
    q.program === undefined ? {} : conformanceOfProgram(q.program, manifest.name, q.set, q.output);
  const settings: Record<string, Json> = { ...own.settings, ...program.settings };
  for (const setting of q.with) {
    const at = setting.indexOf("=");
    const schema = manifest.settings[setting.slice(0, Math.max(0, at))];
    if (schema === undefined)
      throw new CliError(exitCodes.usage, `--with ${setting}: ${manifest.name} has no such setting`, {
        help: `It has: ${Object.keys(manifest.settings).join(", ") || "none"}; write --with name=value`,
      });
    settings[setting.slice(0, at)] = readValue(schema, setting.slice(at + 1));
  }
  const allow = new Set(["state", ...(program.allow ?? own.allow ?? []), ...q.allow]);
  return { grants: [...allow].map(readPermission), settings };
}
