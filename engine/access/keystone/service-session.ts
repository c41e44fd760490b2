import type { Logger } from "pino";
import { AccessRefusal } from "../access-refusal.ts";
import type { IdentityAnswer, IdentityClient } from "./identity-client.ts";
import type { KeystoneConfig } from "./keystone-config.ts";
import { readTokenBody } from "./token-body.ts";

/** The engine's own token, and whom Keystone knows it as. */
export interface ServiceToken {
  readonly id: string;
  readonly userId: string;
  /** In milliseconds since 1970. */
  readonly expiresAt: number;
}

type Login = Pick<KeystoneConfig, "username" | "userDomain" | "project" | "projectDomain" | "password">;

/** A token that is running out is not used any more. */
const marginMs = 60_000;

/** The engine's login: a token of the service user, made when one is needed and again when it ends or is refused. */
export class ServiceSession {
  readonly #client: IdentityClient;
  readonly #login: Login;
  readonly #logger: Logger;
  #token: ServiceToken | null = null;
  #pending: Promise<ServiceToken> | null = null;

  constructor(client: IdentityClient, login: Login, logger: Logger) {
    this.#client = client;
    this.#login = login;
    this.#logger = logger;
  }

  /** The service user's token; `refused` is one that Keystone no longer takes. One login for all who wait. */
  async token(refused?: ServiceToken): Promise<ServiceToken> {
    const kept = this.#token;
    if (kept !== null && kept !== refused && kept.expiresAt - marginMs > Date.now()) return kept;
    this.#pending ??= this.#logIn().finally(() => {
      this.#pending = null;
    });
    return await this.#pending;
  }

  /** Asks with the service user's right, once more with a new token when the old one is refused. */
  async ask(request: (token: string) => Promise<IdentityAnswer>): Promise<IdentityAnswer> {
    const token = await this.token();
    const answer = await request(token.id);
    return answer.status === 401 ? await request((await this.token(token)).id) : answer;
  }

  /** Logs in with the password: with the service project's roles, or with `scope` instead, such as a trust. */
  async logIn(scope?: object): Promise<IdentityAnswer> {
    const { username, userDomain, project, projectDomain } = this.#login;
    const password = await this.#readPassword();
    const user = { name: username, domain: { name: userDomain }, password };
    return await this.#client.ask({
      method: "POST",
      path: "/auth/tokens",
      body: {
        auth: {
          identity: { methods: ["password"], password: { user } },
          scope: scope ?? { project: { name: project, domain: { name: projectDomain } } },
        },
      },
    });
  }

  /** The service user itself isn't let in, or lacks a role: the operator's to mend, and no fault of who asks. */
  refused(status: number, what: string): AccessRefusal {
    const { username, project } = this.#login;
    this.#logger.error(
      { status, username, project, keystone: this.#client.url },
      `Keystone refuses the service user ${what}: check its name, password and project, and its role service (or admin) there`,
    );
    return new AccessRefusal(
      "unavailable",
      "service-user-refused",
      "Keystone refuses this service's own user, so that nobody's token can be looked at",
      { help: "tell the operator of this service: its log says more" },
    );
  }

  async #logIn(): Promise<ServiceToken> {
    const answer = await this.logIn();
    if (answer.status !== 201 || answer.subjectToken === null)
      throw this.refused(answer.status, "at its login");
    const { user, expires_at } = readTokenBody(answer.body);
    const token = { id: answer.subjectToken, userId: user.id, expiresAt: Date.parse(expires_at) };
    this.#token = token;
    return token;
  }

  async #readPassword(): Promise<string> {
    try {
      return await this.#login.password();
    } catch (error) {
      this.#logger.error({ err: error }, "the service user's password can't be read");
      throw new AccessRefusal(
        "unavailable",
        "service-user-refused",
        "this service can't log in to Keystone, so that nobody's token can be looked at",
        { help: "tell the operator of this service: its log says more" },
      );
    }
  }
}
