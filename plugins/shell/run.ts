import { DriverError, type Json } from "../sdk/driver.ts";
import type { Host } from "../sdk/host.ts";

/** `shell.run("/usr/bin/deploy", arguments: ["web"])` → exit code and output. */
export async function run(host: Host, call: { readonly arguments: Record<string, Json> }): Promise<Json> {
  const a = call.arguments as unknown as {
    command: string;
    arguments: string[];
    environment: Record<string, string>;
    secrets: Record<string, string>;
    stdin: string;
    timeout: number;
    check: boolean;
  };
  const ended = await host.command({
    executable: a.command,
    arguments: a.arguments,
    environment: { ...a.environment, ...a.secrets },
    stdin: a.stdin,
    timeout: a.timeout,
    events: true,
  });
  if (ended.timedOut)
    throw new DriverError(`${a.command} was stopped after ${a.timeout} ms`, {
      code: "command-timeout",
      retryable: true,
      help: "give it more time with timeout:",
    });
  const exitCode = ended.exitCode ?? 128;
  if (a.check && exitCode !== 0) {
    const how = ended.exitCode === null ? `was ended by ${ended.signal}` : `ended with exit code ${exitCode}`;
    const last = (ended.stderr.trim() || ended.stdout.trim()).split("\n").slice(-3).join(" / ").slice(0, 500);
    throw new DriverError(`${a.command} ${how}${last === "" ? "" : `: ${last}`}`, {
      code: "command-failed",
      retryable: false,
      help: "check: false makes every exit code a result",
    });
  }
  return { exit_code: exitCode, stdout: ended.stdout, stderr: ended.stderr };
}
