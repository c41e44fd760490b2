import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";

/** Where the real clients are: `bin/openstack`, `bin/tempest`, `bin/stestr`. */
export interface Clients {
  readonly bin: string;
}

/** Installs the clients of `requirements.txt` once, beside the peers' own state; needs `python3` and PyPI the first time. */
export function installClients(): Clients {
  const requirements = join(import.meta.dirname, "requirements.txt");
  const folder = join(process.env["PEERS_DIR"] ?? "/var/tmp/peers", "senlin-clients");
  const venv = join(folder, "venv");
  const stamp = join(venv, "installed.txt");
  const wanted = readFileSync(requirements, "utf8");
  if (!existsSync(stamp) || readFileSync(stamp, "utf8") !== wanted) {
    mkdirSync(folder, { recursive: true });
    const run = (program: string, args: readonly string[]) =>
      execFileSync(program, args, { stdio: ["ignore", "ignore", "inherit"], timeout: 8 * 60_000 });
    run("python3", ["-m", "venv", "--clear", venv]);
    run(join(venv, "bin/pip"), ["install", "--quiet", "--no-deps", "-r", requirements]);
    writeFileSync(stamp, wanted);
  }
  return { bin: join(venv, "bin") };
}
