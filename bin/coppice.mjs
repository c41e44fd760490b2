#!/usr/bin/env node
import { spawn } from "node:child_process";
// What npm links as `coppice` and `npm start` runs: sets up what is missing, then becomes the CLI under Node 24.
import { constants } from "node:os";
import path from "node:path";
import { nodeExecutable, reportAndExit, root, setUp } from "./setup.mjs";

await setUp().catch(reportAndExit);
const flags = ["--min-semi-space-size=16"]; // as in `coppice`
const child = spawn(
  nodeExecutable(),
  [...flags, path.join(root, "bin", "main.mjs"), ...process.argv.slice(2)],
  {
    stdio: "inherit",
  },
);
// A terminal sends Ctrl-C to both: the child decides what it means. Others may signal only this process.
process.on("SIGINT", () => process.stdin.isTTY || child.kill("SIGINT"));
for (const signal of ["SIGTERM", "SIGHUP"]) process.on(signal, () => child.kill(signal));
child.on("exit", (code, signal) => process.exit(code ?? 128 + constants.signals[signal]));
