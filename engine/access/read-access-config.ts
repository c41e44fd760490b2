import { readFile } from "node:fs/promises";
import type { Config } from "../config/config.ts";
import { AccessConfigError } from "./access-config-error.ts";
import type { AccessConfig } from "./create-access.ts";
import { sealKeyBytes } from "./delegation/seal.ts";
import { type KeystoneConfig, keystoneBounds } from "./keystone/keystone-config.ts";

/** Who asks and what they may do, as this process is configured. Without `keystone-url` local tokens count. */
export function readAccessConfig(config: Config): AccessConfig {
  const url = config.get("keystone-url");
  const key = config.get("credential-key");
  return {
    keystone: url === null ? null : readKeystone(url, config),
    policyFile: config.get("rules-file"),
    sealKey: key === null ? null : readSealKey(key),
  };
}

function readKeystone(url: URL, config: Config): KeystoneConfig {
  if (url.search !== "" || url.hash !== "")
    throw new AccessConfigError(
      `keystone-url is "${url.origin}${url.pathname}" with a query, which is no address of Keystone`,
      "write it like http://127.0.0.1:5000/v3",
    );
  if (url.username !== "" || url.password !== "")
    throw new AccessConfigError(
      "keystone-url has a user or password in it",
      "set COPPICE_KEYSTONE_USERNAME, and COPPICE_KEYSTONE_PASSWORD or COPPICE_KEYSTONE_PASSWORD_FILE",
    );
  const password = config.get("keystone-password");
  if (password === null)
    throw new AccessConfigError(
      "keystone-url is set, and the service user's password isn't",
      "set COPPICE_KEYSTONE_PASSWORD_FILE to a file that holds it, or COPPICE_KEYSTONE_PASSWORD",
    );
  const file = config.valueFile("keystone-password"); // read at each login: a new password counts at once
  const bare = url.href.replace(/\/+$/, "");
  return {
    ...keystoneBounds,
    url: bare.endsWith("/v3") ? bare : `${bare}/v3`, // as clients take it, too
    username: config.get("keystone-username"),
    userDomain: config.get("keystone-user-domain"),
    project: config.get("keystone-project"),
    projectDomain: config.get("keystone-project-domain"),
    password: file === null ? async () => password : async () => readPassword(await readFile(file, "utf8")),
    trustRoles: config.get("trust-roles"),
  };
}

const readPassword = (text: string) => text.replace(/\r?\n$/, "");

function readSealKey(text: string): Buffer {
  const key = Buffer.from(text.trim(), "base64");
  if (key.length === sealKeyBytes) return key;
  throw new AccessConfigError(
    `credential-key holds ${key.length} bytes in base64, not ${sealKeyBytes}`,
    `make one with: head -c ${sealKeyBytes} /dev/urandom | base64`,
  );
}
