import { spawnSync } from "node:child_process";
import { accessSync, constants, existsSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import path from "node:path";
import { currentConfig } from "../config/current-config.ts";
import { findHome } from "../stack/home.ts";
import { isFree } from "../stack/ports.ts";
import { programFolder } from "../stack/postgres-files.ts";
import { isRunning } from "../stack/process-identity.ts";
import { postgresAccount } from "../stack/run-as.ts";
import { readStackState } from "../stack/stack-state.ts";
import { temporalExecutable } from "../stack/temporal-executable.ts";
import { examineWalls } from "./examine-walls.ts";

/** One thing that was looked at. */
export interface Finding {
  readonly subject: string;
  readonly level: "ok" | "warning" | "problem";
  readonly text: string;
  readonly help?: string | undefined;
}

/** Looks at everything that Coppice needs of this machine; changes nothing. `strict`: plugins need all their walls. */
export async function examineMachine({ strict }: { strict: boolean }): Promise<Finding[]> {
  return [
    node(),
    isolatedVm(),
    python(),
    temporal(),
    postgres(),
    home(),
    ...(await ports()),
    ...(await examineWalls(strict)),
  ];
}

function node(): Finding {
  const right = process.versions.node.startsWith("24.");
  const help = "Run ./coppice, which brings Node 24, or install Node 24.";
  return {
    subject: "Node",
    level: right ? "ok" : "problem",
    text: `${process.version} (${process.execPath})`,
    help,
  };
}

function isolatedVm(): Finding {
  const subject = "isolated-vm";
  try {
    const require = createRequire(import.meta.url);
    const { version } = require("isolated-vm/package.json");
    const [major = 0, minor = 0, patch = 0] = String(version).split(".").map(Number);
    const safe = major > 7 || (major === 7 && (minor > 0 || patch >= 1));
    require("isolated-vm");
    const help = "Versions before 7.0.1 have a known escape: install the locked one with npm ci.";
    return { subject, level: safe ? "ok" : "problem", text: String(version), help };
  } catch (error) {
    const text = `can't be loaded: ${String(error).split("\n")[0]}`;
    return {
      subject,
      level: "problem",
      text,
      help: "Install the packages again: rm -r node_modules && npm start",
    };
  }
}

function python(): Finding {
  const found = spawnSync("python3", ["--version"], { encoding: "utf8" });
  const help = "Needed only to set up Temporal's server; name your own in TEMPORAL_CLI to do without.";
  if (found.status !== 0) return { subject: "Python", level: "warning", text: "not on the PATH", help };
  return { subject: "Python", level: "ok", text: found.stdout.trim() };
}

function temporal(): Finding {
  const address = currentConfig().get("temporal-address");
  if (address !== null) return { subject: "Temporal", level: "ok", text: `TEMPORAL_ADDRESS ${address}` };
  return attempt("Temporal", () => {
    const file = temporalExecutable();
    const version = spawnSync(file, ["--version"], { encoding: "utf8" });
    if (version.status !== 0)
      throw new Error(`${file} can't be run: ${version.error?.message ?? version.stderr}`);
    return version.stdout.trim();
  });
}

function postgres(): Finding {
  if (currentConfig().get("database-url") !== null)
    return { subject: "Postgres", level: "ok", text: "DATABASE_URL is set" };
  return attempt("Postgres", () => {
    const version = spawnSync(path.join(programFolder(), "postgres"), ["--version"], { encoding: "utf8" });
    if (version.status !== 0) throw new Error(`it can't be run: ${version.error?.message ?? version.stderr}`);
    const account = postgresAccount();
    return `${version.stdout.trim()}${account === null ? "" : `, run as ${account.name}`}`;
  });
}

function home(): Finding {
  const { folder, token } = findHome();
  return attempt("Home", () => {
    let existing = folder;
    while (!existsSync(existing)) existing = path.dirname(existing);
    accessSync(existing, constants.W_OK | constants.X_OK);
    if (existsSync(token)) readFileSync(token);
    return existing === folder ? folder : `${folder} (not made yet)`;
  });
}

async function ports(): Promise<Finding[]> {
  const state = readStackState(findHome());
  if (state === null) return [];
  const up = state.supervisor !== null && isRunning(state.supervisor);
  if (up) return [{ subject: "Stack", level: "ok", text: `runs at ${state.api_url}` }];
  const findings: Finding[] = [];
  for (const [name, port] of Object.entries(state.ports)) {
    if (await isFree(port)) continue;
    const help = "Nothing to mend: another port is chosen at the next start, unless you name this one.";
    findings.push({
      subject: `Port ${port}`,
      level: "warning",
      text: `last time's for ${name}, is in use now`,
      help,
    });
  }
  return findings;
}

function attempt(subject: string, look: () => string): Finding {
  try {
    return { subject, level: "ok", text: look() };
  } catch (error) {
    const { message, help } = error as Error & { help?: string };
    return { subject, level: "problem", text: message, help };
  }
}
