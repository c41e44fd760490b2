import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { type KeystoneConfig, keystoneBounds } from "../../../../engine/access/keystone/keystone-config.ts";

interface Sent {
  readonly status: number;
  readonly body?: object;
  readonly token?: string;
}

/**
 * Answers as Keystone 22 does (its texts and statuses were recorded from a real one), and fails on request: what a real
 * one does is tested in `test/peers/keystone-access`.
 */
export class FakeKeystone {
  readonly asked: string[] = [];
  answered = 0;
  /** Descriptions of the tokens that are valid. */
  readonly tokens = new Map<string, object>();
  /** Trusts and what they say. */
  readonly trusts = new Map<
    string,
    { trustor_user_id: string; project_id: string; roles: { id: string }[] }
  >();
  readonly applicationCredentials = new Map<string, { secret: string; token: object }>();
  password = "service-password";
  /** A status that every request gets; a number of milliseconds that each waits before. */
  failing: number | null = null;
  delayMs = 0;
  #logins = 0;
  #trustsMade = 0;
  readonly #server = createServer((request, response) => void this.#answer(request, response));

  async start(): Promise<void> {
    await new Promise<void>((done) => this.#server.listen(0, "127.0.0.1", done));
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}/v3`;
  }

  config(more: Partial<KeystoneConfig> = {}): KeystoneConfig {
    return { ...keystoneBounds, ...senlin, url: this.url, password: async () => "service-password", ...more };
  }

  /** Makes a token valid. */
  give(token: string, user: string, roles: readonly string[], more: object = {}): void {
    this.tokens.set(token, tokenOf(user, roles, more));
  }

  count(start: string): number {
    return this.asked.filter((line) => line.startsWith(start)).length;
  }

  /** Takes all tokens of the service user back. */
  forgetLogins(): void {
    for (const token of this.tokens.keys()) if (token.startsWith("service-")) this.tokens.delete(token);
  }

  async stop(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((done) => this.#server.close(done));
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    let text = "";
    for await (const chunk of request) text += chunk;
    this.asked.push(`${request.method} ${request.url}`);
    if (this.delayMs > 0) await new Promise((done) => setTimeout(done, this.delayMs));
    const { status, body, token } =
      this.failing === null
        ? this.#decide(request, text === "" ? {} : JSON.parse(text))
        : { status: this.failing };
    if (token !== undefined) response.setHeader("x-subject-token", token);
    this.answered += 1;
    response.writeHead(status, { "content-type": "application/json" });
    response.end(body === undefined ? undefined : JSON.stringify(body));
  }

  // biome-ignore lint/suspicious/noExplicitAny: whatever was sent
  #decide({ method, url, headers }: IncomingMessage, body: any): Sent {
    const path = url ?? "";
    if (method === "POST" && path === "/v3/auth/tokens") return this.#logIn(body.auth);
    const asks = this.tokens.get(String(headers["x-auth-token"]));
    if (asks === undefined) return { status: 401, body: unauthorized };
    if (method === "GET" && path === "/v3/auth/tokens?nocatalog") {
      const found = this.tokens.get(String(headers["x-subject-token"]));
      return found === undefined ? { status: 404 } : { status: 200, body: { token: found } };
    }
    if (method === "POST" && path === "/v3/OS-TRUST/trusts") {
      this.#trustsMade += 1;
      const id = `trust-${this.#trustsMade}`;
      this.trusts.set(id, body.trust);
      return { status: 201, body: { trust: { id } } };
    }
    const id = path.replace("/v3/OS-TRUST/trusts/", "");
    if (method === "DELETE" && this.trusts.delete(id)) return { status: 204 };
    return { status: 404 };
  }

  // biome-ignore lint/suspicious/noExplicitAny: whatever was sent
  #logIn({ identity, scope }: any): Sent {
    const { password, application_credential: application } = identity;
    if (application !== undefined) {
      const known = this.applicationCredentials.get(application.id);
      return known?.secret === application.secret ? this.#issue("application", known?.token ?? {}) : refused;
    }
    if (password.user.password !== this.password) return refused;
    const trusted = scope["OS-TRUST:trust"]?.id;
    if (trusted === undefined) return this.#issue("service", tokenOf("senlin", ["service"]));
    const trust = this.trusts.get(trusted);
    if (trust === undefined) return refused;
    const roles = trust.roles.map(({ id }) => id.replace("id-of-", ""));
    const user = trust.trustor_user_id.replace("id-of-", "");
    return this.#issue("trusted", tokenOf(user, roles, { "OS-TRUST:trust": { id: trusted } }));
  }

  #issue(kind: string, token: object): Sent {
    this.#logins += 1;
    const id = `${kind}-token-${this.#logins}`;
    this.tokens.set(id, token);
    return { status: 201, body: { token }, token: id };
  }
}

const senlin = {
  username: "senlin",
  userDomain: "Default",
  project: "service",
  projectDomain: "Default",
  trustRoles: [],
};
const unauthorized = {
  error: { code: 401, message: "The request you have made requires authentication.", title: "Unauthorized" },
};
const refused: Sent = { status: 401, body: unauthorized };

export function tokenOf(user: string, roles: readonly string[], more: object = {}): object {
  return {
    methods: ["password"],
    user: { id: `id-of-${user}`, name: user, domain: { id: "default", name: "Default" } },
    project: {
      id: `project-of-${user}`,
      name: `the project of ${user}`,
      domain: { id: "default", name: "Default" },
    },
    roles: roles.map((name) => ({ id: `id-of-${name}`, name })),
    expires_at: new Date(Date.now() + 3_600_000).toISOString(),
    issued_at: new Date().toISOString(),
    ...more,
  };
}
