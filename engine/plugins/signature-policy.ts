import type { Config } from "../config/config.ts";
import { currentConfig } from "../config/current-config.ts";
import { PluginError } from "../host/plugin-error.ts";
import { checkPackage, type PackageSignature } from "./package-signature.ts";
import type { PluginPackage } from "./plugin-package.ts";

/** A package's signature; throws `bad-signature` where the policy refuses it. Modified and invalid ones never load. */
export function expectSignature(pack: PluginPackage, config: Config = currentConfig()): PackageSignature {
  const found = checkPackage(pack, config);
  if (found.state === "signed") return found;
  if (found.state !== "unsigned")
    throw new PluginError(
      `${pack.shown} is ${found.state === "modified" ? "modified" : "signed wrongly"}: ${found.why}`,
      {
        code: "bad-signature",
        help: "get it anew from its author; if the change is yours, sign it again (coppice plugin sign) or delete the signature",
      },
    );
  if (config.get("plugin-signatures") === "any") return found;
  throw new PluginError(`${pack.shown} isn't signed: ${found.why}`, {
    code: "bad-signature",
    help: "COPPICE_PLUGIN_SIGNATURES=signed allows signed plugins only: trust its key (COPPICE_TRUSTED_KEYS), or sign it",
  });
}
