// Sets up what is missing, then runs a tool of node_modules/.bin with Node 24: `node bin/run.mjs vitest run`.

import { spawn } from "node:child_process";
import { constants } from "node:os";
import path from "node:path";
import { nodeExecutable, reportAndExit, root, setUp } from "./setup.mjs";

const [tool, ...args] = process.argv.slice(2);
if (tool === undefined) {
  process.stderr.write("usage: node bin/run.mjs TOOL [arguments …]\n");
  process.exit(2);
}
await setUp({ temporal: tool === "vitest" || tool === "node" }).catch(reportAndExit);
const binaries = path.join(root, "node_modules", ".bin");
const executable = tool === "node" ? nodeExecutable() : path.join(binaries, tool);
const child = spawn(executable, args, {
  cwd: root,
  stdio: "inherit",
  env: { ...process.env, PATH: `${binaries}${path.delimiter}${process.env.PATH ?? ""}` },
});
for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"]) process.on(signal, () => child.kill(signal));
child.on("error", (error) => {
  process.stderr.write(`error: can't run ${tool}: ${error.message}\n`);
  process.exitCode = 1;
});
child.on("exit", (code, signal) => process.exit(code ?? 128 + constants.signals[signal]));
