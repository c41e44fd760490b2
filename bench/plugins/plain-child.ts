import { spawn } from "node:child_process";
import { createInterface } from "node:readline";

/** A child process without any wall that gives back what it gets, as lines of JSON over its pipes. */
export function plainChild(): { echo(payload: string): Promise<unknown>; close(): void } {
  const script = `require("node:readline").createInterface({ input: process.stdin }).on("line", (line) => {
    const { id, payload } = JSON.parse(line);
    process.stdout.write(JSON.stringify({ id, value: { payload } }) + "\\n");
  });`;
  const child = spawn(process.execPath, ["-e", script], { stdio: ["pipe", "pipe", "inherit"] });
  const waiting = new Map<number, (value: unknown) => void>();
  let last = 0;
  createInterface({ input: child.stdout }).on("line", (line) => {
    const { id, value } = JSON.parse(line) as { id: number; value: unknown };
    waiting.get(id)?.(value);
    waiting.delete(id);
  });
  return {
    echo(payload) {
      const id = ++last;
      return new Promise((resolve) => {
        waiting.set(id, resolve);
        child.stdin.write(`${JSON.stringify({ id, payload })}\n`);
      });
    },
    close: () => void child.kill(),
  };
}
