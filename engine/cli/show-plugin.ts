import { findPlugin } from "../host/read-manifest.ts";
import { findPluginPath } from "../plugins/find-plugin-path.ts";
import { checkPackage } from "../plugins/package-signature.ts";
import { packageDigest } from "../plugins/package-sums.ts";
import { readPackage } from "../plugins/read-package.ts";
import type { Output } from "./output.ts";
import { printManifest } from "./print-manifest.ts";

/** Shows a plugin's manifest, hash and signature; also of one whose signature lets nobody load it. */
export function showPlugin(path: string, output: Output): void {
  const pack = readPackage(findPluginPath(path, process.cwd()));
  const { manifest } = findPlugin(pack);
  const signature = checkPackage(pack);
  const hash = packageDigest(pack);
  printManifest(manifest, output);
  const { state, signer, why } = signature;
  const color = state === "signed" ? "green" : state === "unsigned" ? "dim" : "red";
  output.line(`\n${output.paint(color, state)}${signer === null ? `: ${why}` : ` by ${signer}`}`);
  output.line(`hash ${hash}, ${pack.files.size} ${pack.files.size === 1 ? "file" : "files"}`);
  output.data({ ...manifest, hash, signature });
}
