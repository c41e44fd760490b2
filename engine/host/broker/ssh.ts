import { createHash } from "node:crypto";
import { readFile } from "node:fs/promises";
import { checkProperties } from "../../../plugins/sdk/check-values.ts";
import type { SshRequest } from "../../../plugins/sdk/host.ts";
import type { PropertySchemas } from "../../../plugins/sdk/manifest.ts";
import { HostFailure } from "../plugin-host.ts";
import { addressOf, checkedLookup } from "./addresses.ts";
import type { Capability } from "./broker-call.ts";
import type { BrokerSettings } from "./broker-settings.ts";
import { requireGrant } from "./grants.ts";
import { badRequest } from "./http-request.ts";
import { shown } from "./shown.ts";
import { SshSession } from "./ssh-session.ts";
import { hostKeyName, parseSshTarget, type SshTarget, sameSshTarget } from "./ssh-target.ts";

const requestSchema: PropertySchemas = {
  to: { type: "String", required: true },
  command: { type: "List", of: { type: "String", pattern: "[^\\u0000]*" }, required: true },
  key: { type: "String", required: true },
  hostKeys: { type: "String" },
  stdin: { type: "String", default: "" },
  timeout: { type: "Int", minimum: 1, maximum: 86_400_000, default: 60_000 },
  events: { type: "Bool", default: false },
};
const idleMs = 60_000;
const sessionsAtMost = 64;

/** `host.ssh`: a command on a granted machine whose host key is known, over a connection that is kept for a minute. */
export function sshCapability(settings: BrokerSettings): Capability & { close(): Promise<void> } {
  const lookup = checkedLookup(settings.resolve, settings.privateNetworks);
  const sessions = new Map<string, SshSession>();
  const retire = (name: string, session: SshSession) => {
    sessions.delete(name);
    return session.close();
  };
  const sweep = setInterval(() => {
    for (const [name, session] of sessions)
      if (session.running === 0 && performance.now() - session.usedAt > idleMs) void retire(name, session);
  }, 5000);
  sweep.unref();
  return {
    limited: true,
    target: (input) => shown((input as { to?: unknown } | null)?.to, 300),
    async run(call, input) {
      const checked = checkProperties(requestSchema, input);
      if (!checked.ok) throw badRequest(checked.problems.map((p) => `${p.path} is wrong`).join("; "));
      const q = checked.value as unknown as Required<Omit<SshRequest, "hostKeys">> & { hostKeys?: string };
      const to = parseSshTarget(q.to);
      if (to === undefined) throw badRequest(`"${q.to.slice(0, 300)}" is not of the form user@host:22`);
      if (q.command.length === 0) throw badRequest("command is empty; name a program");
      requireGrant(call, "ssh", q.to, (written) => sameSshTarget(written, q.to));
      const hostKeys = await hostKeysOf(to, q.hostKeys, settings.knownHosts);
      const address = await addressOf(to.host, lookup);
      const parts = [call.projectId, call.manifest.name, to, address, q.key, hostKeys];
      const name = createHash("sha256").update(JSON.stringify(parts)).digest("hex");
      const session = sessions.get(name) ?? new SshSession({ to, address, key: q.key, hostKeys });
      sessions.set(name, session);
      if (sessions.size > sessionsAtMost) {
        const idle = [...sessions].filter(([, one]) => one.running === 0 && one !== session);
        const [oldest] = idle.sort(([, a], [, b]) => a.usedAt - b.usedAt);
        if (oldest !== undefined) void retire(...oldest);
      }
      const command = { command: q.command.map(quoted).join(" "), stdin: q.stdin, timeout: q.timeout };
      const result = await session.run(command, call.signal, q.events ? call.onEvent : () => {});
      return {
        value: result,
        bytesIn: result.stdout.length + result.stderr.length,
        bytesOut: q.stdin.length,
      };
    },
    async close() {
      clearInterval(sweep);
      await Promise.all([...sessions].map(([name, session]) => retire(name, session)));
    },
  };
}

/** Lines of `known_hosts`: a bare public key gets the machine's name in front. */
async function hostKeysOf(to: SshTarget, given: string | undefined, file: string | null): Promise<string> {
  if (given !== undefined) {
    const lines = given.split(/\r?\n/).filter((line) => line.trim() !== "");
    const bare = /^(ssh-|ecdsa-|sk-)\S+ +[A-Za-z0-9+/]+=*( |$)/;
    return lines.map((line) => `${bare.test(line) ? `${hostKeyName(to)} ` : ""}${line}\n`).join("");
  }
  const read = file === null ? null : await readFile(file, "utf8").catch(() => null);
  if (read !== null) return read;
  throw new HostFailure(`the host key of ${to.host} isn't known, so it could be any machine`, {
    code: "ssh-host-key",
    retryable: false,
    help: "give it as hostKeys, or start the worker with COPPICE_SSH_KNOWN_HOSTS=/a/file (ssh-keyscan shows keys; compare them with the machine's)",
  });
}

/** One word for the far shell, whatever it holds. */
function quoted(word: string): string {
  return /^[A-Za-z0-9_@%+:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`;
}
