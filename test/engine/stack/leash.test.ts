import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, openSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { expect, it } from "vitest";
import { startLeashed } from "../../../engine/stack/leash.ts";
import { identify, isRunning, waitUntilGone } from "../../../engine/stack/process-identity.ts";
import { root } from "../../support/run-coppice.ts";
import { temporaryFolder } from "../../support/temporary-folder.ts";

function options(script: string, folder: string) {
  return {
    executable: "/bin/sh",
    arguments: ["-c", script],
    signal: "TERM" as const,
    graceSeconds: 1,
    log: openSync(path.join(folder, "log"), "a"),
    cwd: folder,
    env: { PATH: process.env["PATH"] },
  };
}

it("knows the program's own process, and how it ended", async () => {
  const program = await startLeashed(options("exit 3", temporaryFolder()));
  expect(await program.exited).toBe("exit code 3");
});

it("asks the program to end, and gives it time to", async () => {
  const folder = temporaryFolder();
  const program = await startLeashed(
    options('trap "echo bye; exit 0" TERM; while :; do sleep 0.05; done', folder),
  );
  expect(isRunning(program.process)).toBe(true);
  await new Promise((resolve) => setTimeout(resolve, 200)); // the trap must be set
  await program.stop();
  expect(await program.exited).toBe("exit code 0");
  expect(readFileSync(path.join(folder, "log"), "utf8")).toBe("bye\n");
});

it("kills a program that won't end", async () => {
  const folder = temporaryFolder();
  const trapped = path.join(folder, "trapped");
  const program = await startLeashed(
    options(`trap "" TERM; : > '${trapped}'; while :; do sleep 0.05; done`, folder),
  );
  await expect.poll(() => existsSync(trapped)).toBe(true);
  await program.stop();
  expect(await program.exited).toBe("SIGKILL");
  expect(isRunning(program.process)).toBe(false);
});

it("ends the program when its owner is killed with SIGKILL", async () => {
  const folder = temporaryFolder();
  const file = path.join(folder, "owner.ts");
  writeFileSync(
    file,
    `import { openSync } from "node:fs";
import { startLeashed } from ${JSON.stringify(path.join(root, "engine/stack/leash.ts"))};
const program = await startLeashed({ executable: "/bin/sleep", arguments: ["600"], signal: "TERM", graceSeconds: 1,
  log: openSync(${JSON.stringify(path.join(folder, "log"))}, "a"), cwd: "/", env: process.env });
process.stdout.write(String(program.process.pid));
setInterval(() => {}, 1000);`,
  );
  const owner = spawn(process.execPath, [file], { stdio: ["ignore", "pipe", "inherit"] });
  const [pid] = await once(owner.stdout, "data");
  const program = identify(Number(pid));
  expect(program).not.toBeNull();
  owner.kill("SIGKILL");
  expect(program && (await waitUntilGone(program, 3_000))).toBe(true);
});

it("ends the program when the shell that holds the leash is killed", async () => {
  const program = await startLeashed(options("exec sleep 600", temporaryFolder()));
  const shell = Number(
    /^PPid:\s+(\d+)/m.exec(readFileSync(`/proc/${program.process.pid}/status`, "utf8"))?.[1],
  );
  process.kill(shell, "SIGKILL");
  expect(await program.exited).toBe("SIGKILL");
  expect(await waitUntilGone(program.process, 2_000)).toBe(true);
});
