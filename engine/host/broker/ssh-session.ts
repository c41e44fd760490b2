import { type ChildProcess, spawn } from "node:child_process";
import { access, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import pLimit from "p-limit";
import type { CommandResult } from "../../../plugins/sdk/host.ts";
import { HostFailure } from "../plugin-host.ts";
import { runProcess } from "./run-process.ts";
import { hostKeyName, type SshTarget } from "./ssh-target.ts";

export interface SshSessionOptions {
  readonly to: SshTarget;
  /** Where the name leads, checked: the one address that is connected to. */
  readonly address: string;
  readonly key: string;
  /** Lines of `known_hosts`. */
  readonly hostKeys: string;
}

const client = "/usr/bin/ssh";
const environment = { PATH: "/usr/bin:/bin", LC_ALL: "C" };
const startMs = 15_000;
/** sshd takes ten sessions of one connection unless it's told otherwise. */
const commandsAtOnce = 8;

/**
 * One connection to a machine that many commands share: a master of the system's ssh client, without its
 * configuration, agent, passwords or forwarding. The key lies in a file only until the connection stands.
 */
export class SshSession {
  readonly #options: SshSessionOptions;
  readonly #limit = pLimit(commandsAtOnce);
  #folder: string | undefined;
  #master: ChildProcess | undefined;
  #starting: Promise<void> | undefined;
  #said = "";
  /** When it was last used, by `performance.now()`, and how many commands it runs. */
  usedAt = performance.now();
  running = 0;

  constructor(options: SshSessionOptions) {
    this.#options = options;
  }

  /** Runs one command line on the machine. Throws `HostFailure`. */
  async run(
    q: { readonly command: string; readonly stdin: string; readonly timeout: number },
    signal: AbortSignal,
    onLine: (line: string) => void,
  ): Promise<CommandResult> {
    this.running += 1;
    try {
      return await this.#limit(async () => {
        if (this.#master === undefined) {
          this.#starting ??= this.#start().finally(() => {
            this.#starting = undefined;
          });
          await untilEnded(this.#starting, signal);
        }
        const master = this.#master;
        const options = [...this.#clientOptions(null), "-o", "ControlMaster=no", "-S", this.#file("master")];
        const result = await runProcess(
          {
            name: "ssh",
            executable: client,
            arguments: [...options, "--", this.#options.address, q.command],
            environment,
            cwd: "/",
            stdin: q.stdin,
            timeout: q.timeout,
          },
          signal,
          onLine,
        );
        // 255 is also ssh's own word for a lost connection, which then has no master any more
        if (result.exitCode === 255 && this.#master !== master) throw this.#failed("was lost");
        return result;
      });
    } finally {
      this.running -= 1;
      this.usedAt = performance.now();
    }
  }

  async close(): Promise<void> {
    await this.#starting?.catch(() => {});
    this.#master?.kill("SIGTERM");
    this.#master = undefined;
    if (this.#folder !== undefined) await rm(this.#folder, { recursive: true, force: true });
    this.#folder = undefined;
  }

  async #start(): Promise<void> {
    await access(client).catch(() => {
      throw new HostFailure("there is no ssh client on this worker", {
        code: "ssh-not-installed",
        retryable: false,
        help: `install OpenSSH's client as ${client}`,
      });
    });
    if (this.#folder !== undefined) await rm(this.#folder, { recursive: true, force: true });
    this.#folder = await mkdtemp(join(tmpdir(), "coppice-ssh-")); // nobody else may look into it
    const { key, hostKeys, address } = this.#options;
    await writeFile(this.#file("key"), key.endsWith("\n") ? key : `${key}\n`, { mode: 0o600 });
    await writeFile(this.#file("hosts"), hostKeys, { mode: 0o600 });
    this.#said = "";
    const args = [...this.#clientOptions(this.#file("key")), "-M", "-N", "-S", this.#file("master")];
    const child = spawn(client, [...args, "--", address], {
      env: environment,
      cwd: "/",
      stdio: ["ignore", "ignore", "pipe"],
    });
    let ended = false;
    const gone = () => {
      ended = true;
      if (this.#master === child) this.#master = undefined;
    };
    child.on("error", gone);
    child.on("exit", gone);
    child.stderr.on("data", (chunk: Buffer) => {
      this.#said = (this.#said + chunk.toString("utf8")).slice(-4000);
    });
    const until = performance.now() + startMs;
    try {
      while (!(await exists(this.#file("master")))) {
        if (ended) throw this.#failed("can't be made");
        if (performance.now() > until) throw this.#failed(`isn't there after ${startMs / 1000} s`);
        await pause(10);
      }
    } catch (error) {
      child.kill("SIGKILL");
      throw error;
    } finally {
      await rm(this.#file("key"), { force: true });
    }
    this.#master = child;
  }

  #file(name: string): string {
    return join(this.#folder ?? "/nowhere", name);
  }

  /** Nothing of the worker's own configuration, agent or keys; no host that isn't known; no question to anybody. */
  #clientOptions(key: string | null): string[] {
    const { to } = this.#options;
    const options = {
      BatchMode: "yes",
      StrictHostKeyChecking: "yes",
      UserKnownHostsFile: this.#file("hosts"),
      GlobalKnownHostsFile: "/dev/null",
      HostKeyAlias: hostKeyName(to),
      UpdateHostKeys: "no",
      IdentityFile: key ?? "none",
      IdentitiesOnly: "yes",
      IdentityAgent: "none",
      PreferredAuthentications: "publickey",
      ClearAllForwardings: "yes",
      ForwardAgent: "no",
      ForwardX11: "no",
      PermitLocalCommand: "no",
      LogLevel: "ERROR",
      ConnectTimeout: "10",
      ServerAliveInterval: "10",
      ServerAliveCountMax: "3",
    };
    const written = Object.entries(options).flatMap(([name, value]) => ["-o", `${name}=${value}`]);
    return ["-F", "/dev/null", "-T", "-e", "none", ...written, "-p", String(to.port), "-l", to.user];
  }

  #failed(what: string): HostFailure {
    const { user, host, port } = this.#options.to;
    const said = this.#said
      .trim()
      .split(/\r?\n/)
      .filter((line) => !/^@+$/.test(line.trim()))
      .slice(-3)
      .join(" ");
    const message = `the ssh connection to ${user}@${host}:${port} ${what}${said === "" ? "" : `: ${said}`}`;
    if (/host key verification failed|identification has changed|no .* host key is known/i.test(this.#said))
      return new HostFailure(message, {
        code: "ssh-host-key",
        retryable: false,
        help: "find out whether this is the right machine; then give its key as hostKeys, or put it into the file that COPPICE_SSH_KNOWN_HOSTS names",
      });
    if (/load key|invalid format|error in libcrypto/i.test(this.#said))
      return new HostFailure(message, {
        code: "ssh-bad-key",
        retryable: false,
        help: "the secret must hold a private key without a passphrase",
      });
    if (/permission denied/i.test(this.#said))
      return new HostFailure(message, {
        code: "ssh-denied",
        retryable: false,
        help: "add the public key to authorized_keys of that user",
      });
    return new HostFailure(message, { code: "ssh-unreachable", retryable: true });
  }
}

async function exists(file: string): Promise<boolean> {
  return access(file).then(
    () => true,
    () => false,
  );
}

function untilEnded(work: Promise<void>, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const ended = () =>
      reject(new HostFailure("the call was ended", { code: "call-ended", retryable: true }));
    if (signal.aborted) return ended();
    signal.addEventListener("abort", ended, { once: true });
    work.then(resolve, reject).finally(() => signal.removeEventListener("abort", ended));
  });
}
