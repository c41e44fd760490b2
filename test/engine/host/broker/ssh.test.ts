import { spawn } from "node:child_process";
import { readdirSync } from "node:fs";
import type { AddressInfo, Server as NetServer } from "node:net";
import { tmpdir } from "node:os";
import ssh2, { type Connection } from "ssh2";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { parseSshTarget, sameSshTarget } from "../../../../engine/host/broker/ssh-target.ts";
import type { CommandResult } from "../../../../plugins/sdk/host.ts";
import { brokerCall, brokerFixture } from "./broker-fixture.ts";

const hostKey = ssh2.utils.generateKeyPairSync("ed25519");
const otherKey = ssh2.utils.generateKeyPairSync("ed25519");
const userKey = ssh2.utils.generateKeyPairSync("ed25519");

/** An ssh server that runs each command in a shell of this machine. */
function startServer(): { server: NetServer & ssh2.Server; connections: Connection[]; commands: string[] } {
  const connections: Connection[] = [];
  const commands: string[] = [];
  const allowed = ssh2.utils.parseKey(userKey.public) as ssh2.ParsedKey;
  const server = new ssh2.Server({ hostKeys: [hostKey.private] }, (connection) => {
    connections.push(connection);
    connection.on("error", () => {});
    connection.on("authentication", (context) => {
      const known =
        context.method === "publickey" &&
        context.username === "me" &&
        context.key.data.equals(allowed.getPublicSSH()) &&
        (context.signature === undefined ||
          allowed.verify(context.blob as Buffer, context.signature, context.hashAlgo) === true);
      if (known) context.accept();
      else context.reject(["publickey"]);
    });
    connection.on("session", (accept) => {
      accept().on("exec", (acceptExec, _reject, { command }) => {
        commands.push(command);
        const channel = acceptExec();
        const child = spawn("/bin/sh", ["-c", command]);
        channel.pipe(child.stdin);
        child.stdout.on("data", (chunk) => channel.write(chunk));
        child.stderr.on("data", (chunk) => channel.stderr.write(chunk));
        child.on("close", (code) => {
          channel.exit(code ?? 1);
          channel.end();
        });
        channel.on("close", () => child.kill("SIGKILL"));
      });
    });
  });
  return { server: server as NetServer & ssh2.Server, connections, commands };
}

describe("host.ssh", () => {
  const { server, connections, commands } = startServer();
  const { broker, audit } = brokerFixture();
  let to: string;
  beforeAll(async () => {
    await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
    to = `me@127.0.0.1:${(server.address() as AddressInfo).port}`;
  });
  afterAll(async () => {
    await broker.close();
    server.close();
  });
  const newCall = (target: string = to, signal?: AbortSignal) => {
    const call = brokerCall({
      grants: [{ capability: "ssh", target }],
      ...(signal === undefined ? {} : { signal }),
    });
    call.secrets.setValue("key", userKey.private);
    return call;
  };
  const run = (command: string[], more: object = {}, call = newCall()) =>
    broker.request(call, "ssh", {
      to,
      command,
      key: call.secrets.handleOf("key"),
      hostKeys: hostKey.public,
      ...more,
    }) as Promise<CommandResult>;
  const leftovers = () => readdirSync(tmpdir()).filter((name) => name.startsWith("coppice-ssh-"));

  it("runs commands with their arguments as they are, over one connection", async () => {
    const odd = ["a b", "$(id)", "'; rm -rf /", "", "*", "ü"];
    const first = await run(["printf", "%s|", ...odd]);
    expect(first).toMatchObject({ exitCode: 0, stdout: odd.map((word) => `${word}|`).join("") });
    expect(await run(["cat"], { stdin: "input" })).toMatchObject({ exitCode: 0, stdout: "input" });
    expect(await run(["sh", "-c", "echo no >&2; exit 3"])).toMatchObject({ exitCode: 3, stderr: "no\n" });
    expect(await run(["sh", "-c", "exit 255"])).toMatchObject({ exitCode: 255 });
    expect(connections).toHaveLength(1);
  });

  it("runs many at once over it", async () => {
    const all = await Promise.all(Array.from({ length: 30 }, (_, i) => run(["echo", String(i)])));
    expect(all.map(({ stdout }) => stdout.trim())).toEqual(all.map((_, i) => String(i)));
    expect(connections).toHaveLength(1);
  });

  it("keeps no key on the disk, and lets nothing of it out", async () => {
    const call = newCall();
    const echoed = await run(["echo", call.secrets.handleOf("key")], {}, call);
    expect(echoed.stdout).not.toContain("PRIVATE KEY");
    expect(echoed.stdout).toContain(call.secrets.handleOf("key"));
    const [folder = ""] = leftovers();
    expect(readdirSync(`${tmpdir()}/${folder}`).sort()).toEqual(["hosts", "master"]);
  });

  it("stops waiting on time-out and when the call ends", async () => {
    expect(await run(["sleep", "30"], { timeout: 300 })).toMatchObject({ timedOut: true });
    const controller = new AbortController();
    const ended = run(["sleep", "30"], {}, newCall(to, controller.signal));
    const count = commands.length;
    await expect.poll(() => commands.length).toBe(count + 1);
    controller.abort();
    await expect(ended).rejects.toMatchObject({ code: "call-ended" });
  });

  it("makes a lost connection again", async () => {
    for (const connection of connections) connection.end();
    await expect.poll(async () => (await run(["echo", "back"])).stdout).toBe("back\n");
    expect(connections.length).toBeGreaterThan(1);
  });

  it("talks to no machine whose key isn't the known one", async () => {
    const count = commands.length;
    await expect(run(["true"], { hostKeys: otherKey.public })).rejects.toMatchObject({
      code: "ssh-host-key",
      retryable: false,
    });
    await expect(run(["true"], { hostKeys: undefined })).rejects.toMatchObject({
      code: "ssh-host-key",
      help: expect.stringContaining("COPPICE_SSH_KNOWN_HOSTS"),
    });
    expect(commands.length).toBe(count);
  });

  it("says whether the key or the machine is at fault", async () => {
    const call = newCall();
    call.secrets.setValue("wrong", otherKey.private);
    call.secrets.setValue("nonsense", "not a key at all");
    const withKey = (name: string) => run(["true"], { key: call.secrets.handleOf(name) }, call);
    await expect(withKey("wrong")).rejects.toMatchObject({ code: "ssh-denied", retryable: false });
    await expect(withKey("nonsense")).rejects.toMatchObject({ code: "ssh-bad-key", retryable: false });
    const absent = "me@127.0.0.1:1";
    await expect(run(["true"], { to: absent }, newCall(absent))).rejects.toMatchObject({
      code: "ssh-unreachable",
      retryable: true,
    });
  });

  it("reaches no other user, host or port, and takes nothing that ssh would read as an option", async () => {
    const other = to.replace("me@", "root@");
    await expect(run(["true"], { to: other })).rejects.toMatchObject({
      code: "not-granted",
      help: expect.stringContaining(`allow ssh "${other}"`),
    });
    for (const bad of ["-oProxyCommand=id@h", "me@-oProxyCommand=id", "me@h:0", "me@h o", "@h", "me@"])
      await expect(run(["true"], { to: bad }, newCall(bad))).rejects.toMatchObject({ code: "bad-request" });
    await expect
      .poll(() => audit.find((entry) => entry.outcome === "refused"))
      .toMatchObject({
        target: other,
        capability: "ssh",
      });
  });

  it("leaves nothing behind when it's closed", async () => {
    const before = leftovers().length;
    const lone = brokerFixture().broker;
    const call = newCall();
    await lone.request(call, "ssh", {
      to,
      command: ["true"],
      key: call.secrets.handleOf("key"),
      hostKeys: hostKey.public,
    });
    const open = connections.length;
    expect(leftovers().length).toBe(before + 1);
    const gone = new Promise<void>((done) => connections[open - 1]?.on("close", () => done()));
    await lone.close();
    await gone;
    expect(leftovers().length).toBe(before);
  });
});

describe("targets of ssh", () => {
  it.each([
    ["me@h", "me@h:22", true],
    ["me@H.example.org:22", "me@h.example.org", true],
    ["me@[::1]:2222", "me@[::1]:2222", true],
    ["me@h:22", "me@h:23", false],
    ["me@h", "you@h", false],
    ["nonsense", "nonsense", false],
  ])("%s is %s: %s", (a, b, expected) => expect(sameSshTarget(a, b)).toBe(expected));
  it("knows IPv6", () => expect(parseSshTarget("me@[fd00::1]:22")).toMatchObject({ host: "fd00::1" }));
});
