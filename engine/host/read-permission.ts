import { suggest } from "../../grammar/diagnostics/suggest.ts";
import type { Grant } from "../../grammar/plan.ts";
import { capabilities } from "../../plugins/sdk/manifest.ts";
import { PluginError } from "./plugin-error.ts";

/** `http 127.0.0.1:8080` or `http "127.0.0.1:8080"`, as in a program after `allow`. Throws `PluginError`. */
export function readPermission(line: string): Grant {
  const [, name = "", target = ""] = /^(\S*)\s*(.*)$/.exec(line.trim()) ?? [];
  const capability = capabilities.find((each) => each === name);
  if (capability !== undefined)
    return { capability, target: target === "" ? null : target.replace(/^"(.*)"$/, "$1") };
  const near = suggest(name, capabilities);
  throw new PluginError(`allow ${line.trim()}: there is no capability "${name}"`, {
    code: "bad-permission",
    help: `${near === undefined ? "" : `did you mean ${near}? `}there are ${capabilities.join(", ")}`,
  });
}
