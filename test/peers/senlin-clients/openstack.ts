import { execFile } from "node:child_process";
import { mkdirSync, mkdtempSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Login } from "../../support/keystone.ts";
import type { ClientsTarget } from "./target.ts";

/** How a run of a client ended. */
export interface Said {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs `openstack …` as somebody, against the target's region. */
export function openstack(target: ClientsTarget, login: Login, args: readonly string[]): Promise<Said> {
  const env = {
    PATH: `${target.bin}:${process.env["PATH"]}`,
    HOME: target.folder,
    LC_ALL: "C.UTF-8",
    OS_AUTH_URL: target.keystone,
    OS_IDENTITY_API_VERSION: "3",
    OS_REGION_NAME: target.region,
    OS_USERNAME: login.user,
    OS_PASSWORD: login.password,
    OS_PROJECT_NAME: login.project,
    OS_USER_DOMAIN_ID: "default",
    OS_PROJECT_DOMAIN_ID: "default",
  };
  return run(join(target.bin, "openstack"), args, env, target.folder);
}

/**
 * Runs tests of tempest's plugins by a pattern, and gives each one's name and how it ended: `ok`, `FAILED`, `SKIPPED`.
 * Their output is kept in the target's folder.
 */
export async function tempest(
  target: ClientsTarget,
  pattern: string,
  concurrency: number,
): Promise<{ readonly results: ReadonlyMap<string, string>; readonly output: string }> {
  const workspace = mkdtempSync(join(target.folder, "tempest-"));
  const env = { PATH: `${target.bin}:${process.env["PATH"]}`, HOME: target.folder, LC_ALL: "C.UTF-8" };
  const made = await run(join(target.bin, "tempest"), ["init", workspace], env, target.folder);
  if (made.code !== 0) throw new Error(`tempest init ended with ${made.code}:\n${made.stderr}`);
  mkdirSync(join(workspace, "etc"), { recursive: true });
  writeFileSync(join(workspace, "etc/tempest.conf"), tempestConfiguration(target, workspace));
  const args = ["run", "--concurrency", String(concurrency), pattern];
  const { stdout, stderr } = await run(join(target.bin, "stestr"), args, env, workspace);
  const results = new Map<string, string>();
  for (const [, name = "", how = ""] of stdout.matchAll(/^\{\d+\} (\S+) \[[\d.]+s\] \.\.\. (\w+)/gm))
    results.set(shortName(name), how);
  return { results, output: `${stdout}\n${stderr}` };
}

/** `clusters.test_cluster_show.TestClusterShow.test_cluster_show` of a test's whole name. */
function shortName(name: string): string {
  return name.replace(/^senlin_tempest_plugin\.tests\.\w+\./, "").replace(/\[id-.*\]$/, "");
}

function tempestConfiguration(target: ClientsTarget, workspace: string): string {
  const none = ["nova", "neutron", "glance", "cinder", "swift"].map((name) => `${name} = false`);
  return [
    "[DEFAULT]",
    `log_dir = ${join(workspace, "logs")}`,
    "log_file = tempest.log",
    "[oslo_concurrency]",
    `lock_path = ${join(workspace, "tempest_lock")}`,
    "[auth]",
    "use_dynamic_credentials = true",
    "tempest_roles = member",
    "admin_username = admin",
    `admin_password = ${target.adminPassword}`,
    "admin_project_name = admin",
    "admin_domain_name = Default",
    "create_isolated_networks = false",
    "[identity]",
    `uri_v3 = ${target.keystone}`,
    "auth_version = v3",
    `region = ${target.region}`,
    "v3_endpoint_type = public",
    "[service_available]",
    ...none,
    "senlin = true",
    "[clustering]",
    "min_microversion = 1.0",
    "max_microversion = latest",
    "delete_with_dependency = true",
    "health_policy_version = 1.1",
    "",
  ].join("\n");
}

function run(program: string, args: readonly string[], env: NodeJS.ProcessEnv, cwd: string): Promise<Said> {
  return new Promise((resolve) => {
    const options = { env, cwd, maxBuffer: 64 * 1024 * 1024 };
    execFile(program, args, options, (error, stdout, stderr) => {
      const code = error === null ? 0 : typeof error.code === "number" ? error.code : 1;
      resolve({ code, stdout, stderr });
    });
  });
}
