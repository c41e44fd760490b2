import { readFile } from "node:fs/promises";
import { dirname, resolve } from "node:path";
import { checkProperties } from "../../../../plugins/sdk/check-values.ts";
import type { PropertySchema, PropertySchemas } from "../../../../plugins/sdk/manifest.ts";
import { HostFailure } from "../../plugin-host.ts";

/** Where a value of the credentials file is: a variable of the worker's environment, or a file beside that file. */
export interface CredentialSource {
  readonly env?: string;
  readonly file?: string;
}

export interface KeystoneCredentials {
  /** Projects of Coppice that may use them; `*` means all. */
  readonly projects: readonly string[];
  /** `https://keystone.example.org:5000/v3`. */
  readonly url: string;
  readonly user?: string;
  readonly user_domain: string;
  readonly password?: CredentialSource;
  readonly application_credential?: { readonly id: string; readonly secret: CredentialSource };
  /** Project of OpenStack that the token is for; not with an application credential, which has its own. */
  readonly project?: string;
  readonly project_domain: string;
  /** `host:port` of services that get the token though the catalog doesn't name them. */
  readonly hosts: readonly string[];
}

export interface AwsCredentialsEntry {
  readonly projects: readonly string[];
  /** `*.amazonaws.com:443`, `127.0.0.1:5000`. */
  readonly hosts: readonly string[];
  readonly access_key: CredentialSource;
  readonly secret_key: CredentialSource;
  readonly session_token?: CredentialSource;
  readonly region?: string;
}

interface CredentialsFile {
  readonly keystone: readonly KeystoneCredentials[];
  readonly aws: readonly AwsCredentialsEntry[];
}

const text: PropertySchema = { type: "String" };
const source: PropertySchema = { type: "Record", fields: { env: text, file: text } };
const needed = (schema: PropertySchema): PropertySchema => ({ ...schema, required: true });
const texts: PropertySchema = { type: "List", of: text };
const record = (fields: PropertySchemas): PropertySchema => ({ type: "Record", fields });
const fileSchema: PropertySchemas = {
  keystone: {
    type: "List",
    default: [],
    of: record({
      projects: needed(texts),
      url: needed(text),
      user: text,
      user_domain: { ...text, default: "Default" },
      password: source,
      application_credential: record({ id: needed(text), secret: needed(source) }),
      project: text,
      project_domain: { ...text, default: "Default" },
      hosts: { ...texts, default: [] },
    }),
  },
  aws: {
    type: "List",
    default: [],
    of: record({
      projects: needed(texts),
      hosts: { ...texts, default: ["*.amazonaws.com:443"] },
      access_key: needed(source),
      secret_key: needed(source),
      session_token: source,
      region: text,
    }),
  },
};
const keptMs = 5000;

/** The operator's credentials, as the file says now; read again after 5 s. */
export class Credentials {
  readonly #path: string | null;
  readonly #env: NodeJS.ProcessEnv;
  #kept: { readonly at: number; readonly file: Promise<CredentialsFile> } | undefined;

  constructor(path: string | null, env: NodeJS.ProcessEnv) {
    this.#path = path;
    this.#env = env;
  }

  /** Those that a project may use, in the file's order. Throws `HostFailure` when the file can't be used. */
  async of<K extends keyof CredentialsFile>(kind: K, projectId: string): Promise<CredentialsFile[K]> {
    const file = await this.#read();
    const entries: readonly { readonly projects: readonly string[] }[] = file[kind];
    return entries.filter(
      ({ projects }) => projects.includes("*") || projects.includes(projectId),
    ) as unknown as CredentialsFile[K];
  }

  /** A value, from where the file says that it is. */
  async value({ env, file }: CredentialSource): Promise<string> {
    const value =
      env !== undefined
        ? this.#env[env]
        : await readFile(resolve(dirname(this.#path ?? "."), file ?? ""), "utf8").then(
            (read) => read.replace(/\r?\n$/, ""),
            () => undefined,
          );
    if (value === undefined || value === "")
      throw unusable(
        env === undefined
          ? `the file "${file}" can't be read or is empty`
          : `${env} is not set on this worker`,
      );
    return value;
  }

  #read(): Promise<CredentialsFile> {
    const now = performance.now();
    if (this.#kept !== undefined && now - this.#kept.at < keptMs) return this.#kept.file;
    const file = readCredentials(this.#path);
    this.#kept = { at: now, file };
    file.catch(() => {
      this.#kept = undefined;
    });
    return file;
  }
}

async function readCredentials(path: string | null): Promise<CredentialsFile> {
  if (path === null) return { keystone: [], aws: [] };
  let given: unknown;
  try {
    given = JSON.parse(await readFile(path, "utf8"));
  } catch (cause) {
    // JSON's own message quotes the text
    throw unusable(cause instanceof SyntaxError ? "it is not JSON" : "it can't be read");
  }
  const checked = checkProperties(fileSchema, given);
  // a message of the check quotes the value, which may be a password in the wrong place
  if (!checked.ok)
    throw unusable(`${checked.problems.map((p) => p.path).join(", ")} has not the form that it should`);
  return checked.value as unknown as CredentialsFile;
}

function unusable(why: string): HostFailure {
  return new HostFailure(`the credentials that the operator set up can't be used: ${why}`, {
    code: "credentials-unusable",
    retryable: false,
    help: "mend the file that COPPICE_CREDENTIALS names; docs/cli.md shows its form",
  });
}
