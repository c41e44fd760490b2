import { readFileSync } from "node:fs";
import { readFile } from "node:fs/promises";
import path from "node:path";
import { AccessConfigError } from "./access-config-error.ts";
import type { AccessConfig } from "./create-access.ts";
import { sealKeyBytes } from "./delegation/seal.ts";
import { type KeystoneConfig, keystoneDefaults } from "./keystone/keystone-config.ts";

/**
 * Reads `COPPICE_KEYSTONE_URL` and what goes with it, `COPPICE_RULES_FILE`, `COPPICE_TRUST_ROLES` and
 * `COPPICE_CREDENTIAL_KEY_FILE`. Without the first, local tokens count. Throws `AccessConfigError`.
 */
export function readAccessConfig(env: NodeJS.ProcessEnv = process.env): AccessConfig {
  const url = env["COPPICE_KEYSTONE_URL"] || null;
  return {
    keystone: url === null ? null : readKeystone(url, env),
    policyFile: env["COPPICE_RULES_FILE"] ? path.resolve(env["COPPICE_RULES_FILE"]) : null,
    sealKey: env["COPPICE_CREDENTIAL_KEY_FILE"] ? readSealKey(env["COPPICE_CREDENTIAL_KEY_FILE"]) : null,
  };
}

function readKeystone(given: string, env: NodeJS.ProcessEnv): KeystoneConfig {
  const url = URL.parse(given);
  if (url === null || !["http:", "https:"].includes(url.protocol) || url.search !== "" || url.hash !== "")
    throw new AccessConfigError(
      `COPPICE_KEYSTONE_URL is "${given}", which is no address of Keystone`,
      "write it like http://127.0.0.1:5000/v3",
    );
  if (url.username !== "" || url.password !== "")
    throw new AccessConfigError(
      "COPPICE_KEYSTONE_URL has a user or password in it",
      "set COPPICE_KEYSTONE_USERNAME, and COPPICE_KEYSTONE_PASSWORD or COPPICE_KEYSTONE_PASSWORD_FILE",
    );
  const bare = url.href.replace(/\/+$/, "");
  return {
    ...keystoneDefaults,
    url: bare.endsWith("/v3") ? bare : `${bare}/v3`, // as clients take it, too
    username: env["COPPICE_KEYSTONE_USERNAME"] || keystoneDefaults.username,
    userDomain: env["COPPICE_KEYSTONE_USER_DOMAIN"] || keystoneDefaults.userDomain,
    project: env["COPPICE_KEYSTONE_PROJECT"] || keystoneDefaults.project,
    projectDomain: env["COPPICE_KEYSTONE_PROJECT_DOMAIN"] || keystoneDefaults.projectDomain,
    password: passwordOf(env),
    trustRoles: (env["COPPICE_TRUST_ROLES"] ?? "")
      .split(",")
      .map((role) => role.trim())
      .filter((role) => role !== ""),
  };
}

/** From the variable, or from the file as it is at each login. */
function passwordOf(env: NodeJS.ProcessEnv): () => Promise<string> {
  const given = env["COPPICE_KEYSTONE_PASSWORD"];
  const file = env["COPPICE_KEYSTONE_PASSWORD_FILE"];
  if (given) return async () => given;
  if (file) return async () => (await readFile(file, "utf8")).replace(/\r?\n$/, "");
  throw new AccessConfigError(
    "COPPICE_KEYSTONE_URL is set, and the service user's password isn't",
    "set COPPICE_KEYSTONE_PASSWORD_FILE to a file that holds it, or COPPICE_KEYSTONE_PASSWORD",
  );
}

function readSealKey(file: string): Buffer {
  const help = `put ${sealKeyBytes} random bytes there in base64: head -c ${sealKeyBytes} /dev/urandom | base64`;
  let text: string;
  try {
    text = readFileSync(file, "utf8");
  } catch (cause) {
    throw new AccessConfigError(`COPPICE_CREDENTIAL_KEY_FILE: ${(cause as Error).message}`, help, cause);
  }
  const key = Buffer.from(text.trim(), "base64");
  if (key.length === sealKeyBytes) return key;
  throw new AccessConfigError(
    `COPPICE_CREDENTIAL_KEY_FILE: ${file} holds ${key.length} bytes in base64, not ${sealKeyBytes}`,
    help,
  );
}
