import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { currentConfig } from "../config/current-config.ts";
import { findPlugin } from "../host/read-manifest.ts";
import { keyId } from "../plugins/minisign/public-key.ts";
import { generateKeyPair, parseSecretKey } from "../plugins/minisign/secret-key.ts";
import { signData } from "../plugins/minisign/signature.ts";
import { packageSums } from "../plugins/package-sums.ts";
import { signatureFiles } from "../plugins/plugin-package.ts";
import { readPackage } from "../plugins/read-package.ts";
import { CliError } from "./cli-error.ts";
import { exitCodes } from "./exit-codes.ts";
import type { Output } from "./output.ts";

/**
 * Signs a folder (as `plugin.sums` and its signature in it) or a single file (its signature beside it), with a minisign
 * key whose password, if it has one, is the option `signing-password`. `newKey` makes the key first; never over another.
 */
export function signPlugin(q: { path: string; key: string; newKey: boolean; output: Output }): void {
  const pack = readPackage(q.path);
  if (pack.home === null)
    throw new CliError(exitCodes.usage, `${q.path} is an archive; its files are what is signed`, {
      help: "Sign the folder, then pack it: coppice plugin pack",
    });
  const { name, version } = findPlugin(pack).manifest;
  if (q.newKey) makeKey(q.key, q.output);
  const secret = parseSecretKey(readKey(q.key), q.key, currentConfig().get("signing-password") ?? undefined);
  const [only] = pack.files.keys();
  const file = pack.kind === "file" ? (only as string) : signatureFiles.sums;
  const data =
    pack.kind === "file" ? (pack.files.get(file) as Uint8Array) : Buffer.from(packageSums(pack.files));
  const seconds = Math.floor(Date.now() / 1000);
  const comment = `timestamp:${seconds}\tfile:${file}\tplugin:${name} ${version}\tprehashed`;
  const signature = join(pack.home, `${file}.minisig`);
  if (pack.kind !== "file") writeFileSync(join(pack.home, file), data);
  writeFileSync(signature, signData(data, secret, comment));
  const signer = keyId(secret.number);
  q.output.line(`${name} ${version} is signed by ${signer}: ${signature}`);
  q.output.data({ name, version, signer, signature, files: pack.files.size });
}

function makeKey(file: string, output: Output): void {
  if (existsSync(file) || existsSync(`${file}.pub`))
    throw new CliError(exitCodes.refused, `${file} is there already, and is not written over`, {
      help: "Leave --new-key out, or name another file.",
    });
  const pair = generateKeyPair();
  writeFileSync(file, pair.secret, { mode: 0o600, flag: "wx" });
  writeFileSync(`${file}.pub`, pair.public, { flag: "wx" });
  output.note(`Made a key: keep ${file} to yourself, give ${file}.pub to those who shall trust it.`);
}

function readKey(file: string): string {
  try {
    return readFileSync(file, "utf8");
  } catch (cause) {
    throw new CliError(exitCodes.notFound, `can't read the key ${file}: ${(cause as Error).message}`, {
      help: "Make one with: coppice plugin sign PATH --key FILE --new-key",
      cause,
    });
  }
}
