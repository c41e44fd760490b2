import type { Dispatcher } from "undici";
import { HostFailure } from "../../plugin-host.ts";
import type { Credentials, KeystoneCredentials } from "./credentials.ts";

/** A token and what Keystone said with it. */
export interface KeystoneToken {
  readonly id: string;
  /** By `Date.now()`. */
  readonly expiresAt: number;
  readonly catalog: readonly CatalogService[];
}

export interface CatalogService {
  readonly type: string;
  readonly endpoints: readonly {
    readonly interface: string;
    readonly region_id?: string | null;
    readonly url: string;
  }[];
}

const answerMs = 30_000;
const answerBytes = 1024 * 1024;

/** Asks Keystone for a token with an operator's credentials (Identity API v3, `POST /auth/tokens`). */
export async function authenticate(
  entry: KeystoneCredentials,
  credentials: Credentials,
  dispatcher: Dispatcher,
): Promise<KeystoneToken> {
  const body = JSON.stringify({ auth: await identityOf(entry, credentials) });
  const url = new URL(`${withoutSlash(entry.url)}/auth/tokens`);
  let answer: { status: number; token: string; text: string };
  try {
    const got = await dispatcher.request({
      origin: url.origin,
      path: url.pathname,
      method: "POST",
      headers: { "content-type": "application/json", accept: "application/json" },
      body,
      signal: AbortSignal.timeout(answerMs),
    });
    const token = got.headers["x-subject-token"];
    let text = "";
    for await (const chunk of got.body as AsyncIterable<Buffer>) {
      text += chunk.toString("utf8");
      if (text.length > answerBytes) throw new Error("the answer is too long");
    }
    answer = { status: got.statusCode, token: typeof token === "string" ? token : "", text };
  } catch (error) {
    throw new HostFailure(`Keystone at ${entry.url} can't be reached: ${(error as Error).message}`, {
      code: "keystone-unreachable",
      retryable: true,
      cause: error,
    });
  }
  if (answer.status !== 201 || answer.token === "") throw refused(entry, answer.status);
  const { token } = JSON.parse(answer.text) as {
    token: { expires_at: string; catalog?: readonly CatalogService[] };
  };
  return { id: answer.token, expiresAt: Date.parse(token.expires_at), catalog: token.catalog ?? [] };
}

/** Two addresses of Keystone are the same but for a slash at the end. */
export function sameKeystone(a: string, b: string): boolean {
  return withoutSlash(a) === withoutSlash(b);
}

function withoutSlash(url: string): string {
  return (URL.parse(url)?.href ?? url).replace(/\/+$/, "");
}

async function identityOf(entry: KeystoneCredentials, credentials: Credentials): Promise<object> {
  const { application_credential: application, user, password } = entry;
  if (application !== undefined) {
    const secret = await credentials.value(application.secret);
    return {
      identity: {
        methods: ["application_credential"],
        application_credential: { id: application.id, secret },
      },
    };
  }
  if (user === undefined || password === undefined)
    throw new HostFailure(
      `the credentials for Keystone at ${entry.url} have neither user and password nor an application credential`,
      { code: "credentials-unusable", retryable: false },
    );
  const domain = { name: entry.user_domain };
  return {
    identity: {
      methods: ["password"],
      password: { user: { name: user, domain, password: await credentials.value(password) } },
    },
    ...(entry.project === undefined
      ? {}
      : { scope: { project: { name: entry.project, domain: { name: entry.project_domain } } } }),
  };
}

function refused(entry: KeystoneCredentials, status: number): HostFailure {
  return new HostFailure(`Keystone at ${entry.url} refuses the operator's credentials with ${status}`, {
    code: "keystone-refused",
    retryable: status >= 500 || status === 429,
    help: "check user, password and project in the file that COPPICE_CREDENTIALS names",
  });
}
