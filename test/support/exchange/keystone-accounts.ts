import { randomBytes } from "node:crypto";
import type { Account } from "./play-requests.ts";

interface Keystone {
  /** `http://127.0.0.1:5000/v3` */
  readonly url: string;
  readonly adminPassword: string;
}

/**
 * Makes projects and users of their own in a real Keystone, so that lists hold what the run itself made:
 * `member` and `reader` in one project, `other` in a second, `admin` in a third.
 */
export async function makeKeystoneAccounts(keystone: Keystone): Promise<Readonly<Record<string, Account>>> {
  const run = randomBytes(4).toString("hex");
  const admin = await token(keystone, "admin", keystone.adminPassword, "admin");
  const call = async (method: string, path: string, body?: unknown): Promise<unknown> => {
    const response = await fetch(`${keystone.url}${path}`, {
      method,
      headers: { "X-Auth-Token": admin.token, "Content-Type": "application/json" },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    });
    const said = await response.text();
    if (!response.ok) throw new Error(`keystone: ${method} ${path}: ${response.status} ${said}`);
    return said === "" ? undefined : JSON.parse(said);
  };
  const { roles } = (await call("GET", "/roles")) as { roles: { id: string; name: string }[] };
  const project = async (name: string): Promise<string> => {
    const made = await call("POST", "/projects", {
      project: { name: `${name}-${run}`, domain_id: "default" },
    });
    return (made as { project: { id: string } }).project.id;
  };
  const account = async (name: string, projectId: string, role: string): Promise<Account> => {
    const user = { name: `${name}-${run}`, domain_id: "default", password: run };
    const made = (await call("POST", "/users", { user })) as { user: { id: string } };
    const roleId = roles.find((each) => each.name === role)?.id;
    await call("PUT", `/projects/${projectId}/users/${made.user.id}/roles/${roleId}`);
    return { ...(await token(keystone, user.name, run, projectId)), project: projectId, user: made.user.id };
  };
  const [own, others, admins] = [
    await project("exchange"),
    await project("exchange-other"),
    await project("exchange-admin"),
  ];
  return {
    member: await account("member", own, "member"),
    reader: await account("reader", own, "reader"),
    other: await account("other", others, "member"),
    admin: await account("admin", admins, "admin"),
  };
}

async function token(
  keystone: Keystone,
  user: string,
  password: string,
  project: string,
): Promise<{ token: string }> {
  const domain = { id: "default" };
  const scope = /^[0-9a-f]{32}$/.test(project) ? { id: project } : { name: project, domain };
  const identity = { methods: ["password"], password: { user: { name: user, domain, password } } };
  const response = await fetch(`${keystone.url}/auth/tokens`, {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify({ auth: { identity, scope: { project: scope } } }),
  });
  if (response.status !== 201)
    throw new Error(`keystone gives "${user}" no token: ${response.status} ${await response.text()}`);
  return { token: response.headers.get("x-subject-token") ?? "" };
}
