/** A real Keystone, and how its administrator logs in: user and project `admin`. */
export interface Keystone {
  /** `http://127.0.0.1:5000/v3` */
  readonly url: string;
  readonly adminPassword: string;
}

/** What somebody needs to log in. */
export interface Login {
  readonly user: string;
  readonly password: string;
  /** A name. */
  readonly project: string;
}

/** A token, and whose it is. */
export interface Account {
  readonly token: string;
  readonly project: string;
  readonly user: string;
}

/** Calls Keystone as its administrator; throws what it says when it refuses. */
export async function keystoneCaller(
  keystone: Keystone,
): Promise<(method: string, path: string, body?: unknown) => Promise<unknown>> {
  const login = { user: "admin", password: keystone.adminPassword, project: "admin" };
  const { token } = await logIn(keystone.url, login);
  return async (method, path, body) => {
    const response = await fetch(`${keystone.url}${path}`, {
      method,
      headers: { "X-Auth-Token": token, "Content-Type": "application/json" },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    });
    const said = await response.text();
    if (!response.ok) throw new Error(`keystone: ${method} ${path}: ${response.status} ${said}`);
    return said === "" ? undefined : JSON.parse(said);
  };
}

/** Makes a project and people in it: one with each role, whose name it bears. */
export async function makePeople<Role extends string>(
  keystone: Keystone,
  project: string,
  people: readonly Role[],
): Promise<Record<Role, Login>> {
  const call = await keystoneCaller(keystone);
  const { roles } = (await call("GET", "/roles")) as { roles: { id: string; name: string }[] };
  const made = await call("POST", "/projects", { project: { name: project, domain_id: "default" } });
  const projectId = (made as { project: { id: string } }).project.id;
  const logins: Partial<Record<Role, Login>> = {};
  for (const role of people) {
    const user = { name: `${project}-${role}`, domain_id: "default", password: project };
    const { id } = ((await call("POST", "/users", { user })) as { user: { id: string } }).user;
    const roleId = roles.find(({ name }) => name === role)?.id;
    await call("PUT", `/projects/${projectId}/users/${id}/roles/${roleId}`);
    logins[role] = { user: user.name, password: project, project };
  }
  return logins as Record<Role, Login>;
}

/** Logs in with a password, scoped to the login's project. */
export async function logIn(url: string, { user, password, project }: Login): Promise<Account> {
  const domain = { id: "default" };
  const identity = { methods: ["password"], password: { user: { name: user, domain, password } } };
  const response = await fetch(`${url}/auth/tokens`, {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify({ auth: { identity, scope: { project: { name: project, domain } } } }),
  });
  if (response.status !== 201)
    throw new Error(`keystone gives "${user}" no token: ${response.status} ${await response.text()}`);
  const { token } = (await response.json()) as { token: { project: { id: string }; user: { id: string } } };
  return {
    token: response.headers.get("x-subject-token") ?? "",
    project: token.project.id,
    user: token.user.id,
  };
}
