import { spawn } from "node:child_process";
import { once } from "node:events";
import path from "node:path";

export const root = path.join(import.meta.dirname, "..", "..");
const main = path.join(root, "bin", "main.mjs");

/** How a run of the CLI ended. */
export interface Ran {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs the CLI as a process of its own; nothing of this environment but the PATH reaches it. */
export async function runCoppice(
  args: readonly string[],
  options: { env?: Record<string, string>; stdin?: string; cwd?: string } = {},
): Promise<Ran> {
  const child = spawn(process.execPath, [main, ...args], {
    cwd: options.cwd ?? root,
    env: {
      PATH: process.env["PATH"],
      HOME: "/nonexistent",
      COPPICE_HOME: "/nonexistent/coppice",
      ...options.env,
    },
  });
  let stdout = "";
  let stderr = "";
  child.stdout.setEncoding("utf8").on("data", (text) => {
    stdout += text;
  });
  child.stderr.setEncoding("utf8").on("data", (text) => {
    stderr += text;
  });
  child.stdin.end(options.stdin ?? "");
  const [code] = await once(child, "close");
  return { code, stdout, stderr };
}
