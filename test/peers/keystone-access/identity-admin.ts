import { randomBytes } from "node:crypto";

const keystone = `http://127.0.0.1:${process.env["OSB_KEYSTONE_PORT"] ?? "5000"}/v3`;
const domain = { id: "default" };

/** What a test does with a real Keystone as its administrator: users, projects and roles of its own, deleted at the end. */
export class IdentityAdmin {
  readonly url = keystone;
  /** In every name, so that runs don't meet. */
  readonly run = `coppice-${randomBytes(4).toString("hex")}`;
  readonly password = process.env["OSB_PASSWORD"] ?? "peerpass";
  #token = "";
  readonly #roles = new Map<string, string>();
  readonly #made: string[] = [];

  async logIn(): Promise<void> {
    this.#token = await this.token(
      { user: { name: "admin", domain }, password: this.password },
      projectNamed("admin"),
    );
    const { roles } = (await this.ask("GET", "/roles")) as { roles: { id: string; name: string }[] };
    for (const { id, name } of roles) this.#roles.set(name, id);
  }

  /** As the administrator, or with `token`; throws unless it succeeds. */
  async ask(
    method: string,
    path: string,
    body?: object,
    token = this.#token,
    subject?: string,
  ): Promise<unknown> {
    const answer = await fetch(keystone + path, {
      method,
      headers: {
        "content-type": "application/json",
        "x-auth-token": token,
        ...(subject !== undefined && { "x-subject-token": subject }),
      },
      ...(body && { body: JSON.stringify(body) }),
    });
    const text = await answer.text();
    if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status} ${text}`);
    return text === "" ? null : JSON.parse(text);
  }

  async project(name: string): Promise<string> {
    const body = { project: { name: `${this.run}-${name}`, domain_id: "default" } };
    const { project } = (await this.ask("POST", "/projects", body)) as { project: { id: string } };
    this.#made.unshift(`/projects/${project.id}`);
    return project.id;
  }

  async user(name: string): Promise<string> {
    const body = { user: { name: `${this.run}-${name}`, domain_id: "default", password: this.password } };
    const { user } = (await this.ask("POST", "/users", body)) as { user: { id: string } };
    this.#made.unshift(`/users/${user.id}`);
    return user.id;
  }

  async grant(user: string, project: string, role: string): Promise<void> {
    await this.ask("PUT", `/projects/${project}/users/${user}/roles/${this.#roles.get(role)}`);
  }

  async takeAway(user: string, project: string, role: string): Promise<void> {
    await this.ask("DELETE", `/projects/${project}/users/${user}/roles/${this.#roles.get(role)}`);
  }

  async revoke(token: string): Promise<void> {
    await this.ask("DELETE", "/auth/tokens", undefined, this.#token, token);
  }

  /** A user's token, by its password; `scope` is a project, something else, or nothing. */
  async token(who: { user: object; password: string }, scope: object | "unscoped"): Promise<string> {
    const identity = { methods: ["password"], password: { user: { ...who.user, password: who.password } } };
    return await this.issue({ identity, scope });
  }

  async tokenOf(user: string, project: string): Promise<string> {
    return await this.token({ user: { id: user }, password: this.password }, { project: { id: project } });
  }

  async issue(auth: object): Promise<string> {
    const answer = await fetch(`${keystone}/auth/tokens`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ auth }),
    });
    const token = answer.headers.get("x-subject-token");
    if (token === null) throw new Error(`no token: ${answer.status} ${await answer.text()}`);
    return token;
  }

  async cleanUp(): Promise<void> {
    for (const path of this.#made) await this.ask("DELETE", path);
  }
}

function projectNamed(name: string): object {
  return { project: { name, domain } };
}
