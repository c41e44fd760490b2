import { type ChildProcess, spawn } from "node:child_process";
import { checkProperties } from "../../../plugins/sdk/check-values.ts";
import type { CommandRequest, CommandResult } from "../../../plugins/sdk/host.ts";
import type { PropertySchemas } from "../../../plugins/sdk/manifest.ts";
import { HostFailure } from "../plugin-host.ts";
import type { Capability } from "./broker-call.ts";
import { requireGrant } from "./grants.ts";
import { OutputText } from "./output-text.ts";

const requestSchema: PropertySchemas = {
  executable: { type: "String", required: true, pattern: "/[^\\u0000]*" },
  arguments: { type: "List", of: { type: "String", pattern: "[^\\u0000]*" }, default: [] },
  environment: { type: "Map", of: { type: "String", pattern: "[^\\u0000]*" }, default: {} },
  stdin: { type: "String", default: "" },
  timeout: { type: "Int", minimum: 1, maximum: 86_400_000, default: 60_000 },
  events: { type: "Bool", default: false },
};
const graceMs = 2000;

/**
 * `host.command`: a granted executable with a list of arguments, nothing inherited, in a process group of its own. On
 * time-out or when the call ends, the group gets SIGTERM and two seconds later SIGKILL; what it leaves behind is killed.
 */
export function commandCapability(): Capability {
  return {
    target: (input) => String((input as { executable?: unknown } | null)?.executable).slice(0, 500),
    async run(call, input) {
      if (call.manifest.tier !== "commands")
        throw new HostFailure(
          `plugin ${call.manifest.name} is of the tier sandboxed and can't run commands`,
          {
            code: "not-granted",
            retryable: false,
            help: 'the plugin\'s author declares "tier": "commands" in plugin.json',
          },
        );
      const checked = checkProperties(requestSchema, input);
      if (!checked.ok)
        throw new HostFailure(
          `bad command: ${checked.problems.map((p) => `${p.path} ${p.message}`).join("; ")}`,
          {
            code: "bad-request",
            retryable: false,
          },
        );
      const q = checked.value as unknown as Required<CommandRequest>;
      requireGrant(call, "command", q.executable);
      const result = await run(q, call.signal, q.events ? call.onEvent : () => {});
      return {
        value: result,
        bytesIn: result.stdout.length + result.stderr.length,
        bytesOut: q.stdin.length,
      };
    },
  };
}

function run(
  q: Required<CommandRequest>,
  signal: AbortSignal,
  onLine: (line: string) => void,
): Promise<CommandResult> {
  return new Promise((resolve, reject) => {
    const child = spawn(q.executable, [...q.arguments], {
      env: q.environment,
      cwd: "/",
      detached: true,
      stdio: ["pipe", "pipe", "pipe"],
    });
    let timedOut = false;
    let force: NodeJS.Timeout | undefined;
    const stop = () => {
      killGroup(child, "SIGTERM");
      force ??= setTimeout(() => killGroup(child, "SIGKILL"), graceMs);
    };
    const late = setTimeout(() => {
      timedOut = true;
      stop();
    }, q.timeout);
    signal.addEventListener("abort", stop, { once: true });
    const stdout = new OutputText(onLine);
    const stderr = new OutputText(onLine);
    child.stdout.on("data", (chunk: Buffer) => stdout.push(chunk));
    child.stderr.on("data", (chunk: Buffer) => stderr.push(chunk));
    child.stdin.on("error", () => {}); // it doesn't have to read its input
    child.stdin.end(q.stdin);
    child.on("exit", () => killGroup(child, "SIGKILL"));
    const settle = () => {
      clearTimeout(late);
      clearTimeout(force);
      signal.removeEventListener("abort", stop);
    };
    child.on("error", (error) => {
      settle();
      reject(
        new HostFailure(`${q.executable} can't be run: ${error.message}`, {
          code: "command-not-run",
          retryable: false,
          help: "check that it is there and may be executed on every worker",
          cause: error,
        }),
      );
    });
    child.on("close", (exitCode, ended) => {
      settle();
      if (signal.aborted)
        return reject(
          new HostFailure(`${q.executable} was stopped: the call was ended`, {
            code: "call-ended",
            retryable: true,
          }),
        );
      resolve({
        exitCode,
        signal: ended,
        timedOut,
        stdout: stdout.end(),
        stderr: stderr.end(),
        truncated: stdout.truncated || stderr.truncated,
      });
    });
    if (signal.aborted) stop();
  });
}

/** The whole group; once nobody is left in it there is nothing to do. */
function killGroup(child: ChildProcess, signal: NodeJS.Signals): void {
  if (child.pid === undefined) return;
  try {
    process.kill(-child.pid, signal);
  } catch {
    // gone already
  }
}
