import { PluginError } from "../host/plugin-error.ts";
import { checkPackage, type PackageSignature } from "./package-signature.ts";
import type { PluginPackage } from "./plugin-package.ts";

const policies = ["any", "signed"] as const;
export type SignaturePolicy = (typeof policies)[number];

/** `COPPICE_PLUGIN_SIGNATURES`: `any` (also without a signature; the default) or `signed`. Throws `bad-setting`. */
export function readSignaturePolicy(env: NodeJS.ProcessEnv = process.env): SignaturePolicy {
  const given = env["COPPICE_PLUGIN_SIGNATURES"] || "any";
  const policy = policies.find((candidate) => candidate === given);
  if (policy !== undefined) return policy;
  throw new PluginError(`COPPICE_PLUGIN_SIGNATURES is ${JSON.stringify(given)}`, {
    code: "bad-setting",
    help: "set it to any or to signed",
  });
}

/** A package's signature; throws `bad-signature` where the policy refuses it. Modified and invalid ones never load. */
export function expectSignature(pack: PluginPackage, env: NodeJS.ProcessEnv = process.env): PackageSignature {
  const found = checkPackage(pack, env);
  if (found.state === "signed") return found;
  if (found.state !== "unsigned")
    throw new PluginError(
      `${pack.shown} is ${found.state === "modified" ? "modified" : "signed wrongly"}: ${found.why}`,
      {
        code: "bad-signature",
        help: "get it anew from its author; if the change is yours, sign it again (coppice plugin sign) or delete the signature",
      },
    );
  if (readSignaturePolicy(env) === "any") return found;
  throw new PluginError(`${pack.shown} isn't signed: ${found.why}`, {
    code: "bad-signature",
    help: "COPPICE_PLUGIN_SIGNATURES=signed allows signed plugins only: trust its key (COPPICE_TRUSTED_KEYS), or sign it",
  });
}
