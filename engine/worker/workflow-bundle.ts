import { execFile } from "node:child_process";
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import path from "node:path";
import { promisify } from "node:util";
import { hashSources } from "../builds/hash-sources.ts";
import { keptBuild } from "../builds/kept-build.ts";

const builder = path.join(import.meta.dirname, "build-workflow-bundle.ts");
const mostBytes = 64 * 2 ** 20;

/**
 * The interpreter as one file, for `Worker.create`. Built once for each state of its sources, since bundling takes some
 * seconds. Returns the file's path.
 */
export async function workflowBundle(): Promise<string> {
  const require = createRequire(import.meta.url);
  const versions = ["@temporalio/worker", "esbuild"].map((name) => require(`${name}/package.json`).version);
  const hash = hashSources(["grammar", "workflows"], [readFileSync(builder, "utf8"), ...versions]);
  const build = keptBuild("workflows", hash, "js");
  if (build.read() === undefined) {
    const { stdout } = await promisify(execFile)(process.execPath, [builder], { maxBuffer: mostBytes });
    build.keep(stdout);
  }
  return build.path;
}
