import { createHash } from "node:crypto";
import { mkdir, readdir, readFile, rename, writeFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { bundleWorkflowCode } from "@temporalio/worker";

const root = fileURLToPath(new URL("../..", import.meta.url));

/**
 * The interpreter as one file, for `Worker.create`. Built once for each state of its sources and kept in `.cache`, since
 * bundling takes most of a second. Returns the file's path.
 */
export async function workflowBundle(): Promise<string> {
  const folder = join(root, ".cache", "workflows");
  const path = join(folder, `${await hashSources()}.js`);
  try {
    await readFile(path, { flag: "r" });
    return path;
  } catch {
    const { code } = await bundleWorkflowCode({
      workflowsPath: join(root, "workflows", "interpreter.ts"),
      logger: quiet,
    });
    await mkdir(folder, { recursive: true });
    const draft = `${path}.${process.pid}`;
    await writeFile(draft, withoutStacks + code);
    await rename(draft, path); // whole or not at all, also with two workers
    return path;
  }
}

/**
 * Temporal's SDK notes a source-mapped stack for every promise that a workflow makes, for the "Call Stack" tab. A lane
 * makes a dozen of them, and the interpreter's own frames tell an operator nothing (the checklist does), while they cost
 * a third of a run over 100 nodes (`npm run bench -- create`). Only the bundle may say so: later the SDK freezes `Error`.
 */
const withoutStacks = "Error.stackTraceLimit = 0;";

async function hashSources(): Promise<string> {
  const hash = createHash("sha256")
    .update(withoutStacks)
    .update(createRequire(import.meta.url)("@temporalio/worker/package.json").version);
  for (const folder of ["grammar", "workflows"]) {
    const names = await readdir(join(root, folder), { recursive: true });
    for (const name of names.filter((file) => file.endsWith(".ts")).sort()) {
      hash.update(`${folder}/${name}\0`).update(await readFile(join(root, folder, name)));
    }
  }
  return hash.digest("hex").slice(0, 32);
}

/** Webpack's own talk is of no use to an operator; its errors are thrown. */
const quiet = {
  log() {},
  trace() {},
  debug() {},
  info() {},
  warn() {},
  error() {},
};
