import {
  appendFileSync,
  cpSync,
  existsSync,
  mkdirSync,
  readFileSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { runCoppice } from "../../support/run-coppice.ts";
import { temporaryFolder } from "../../support/temporary-folder.ts";

/** A folder with a program and its plugin `lamps`, which may ask for more later. */
function home() {
  const folder = temporaryFolder();
  const file = join(folder, "lamps/plugin.json");
  mkdirSync(join(folder, "lamps"));
  const write = (version: string, capabilities: readonly string[]) => {
    const needs = capabilities.map((capability) => ({ capability, why: "to shine" }));
    const manifest = {
      name: "lamps",
      version,
      contract: 1,
      tier: "sandboxed",
      entry: "./index.ts",
      description: "Lamps",
    };
    writeFileSync(file, JSON.stringify({ ...manifest, needs, functions: { ping: {} } }));
  };
  write("1.0.0", ["http"]);
  writeFileSync(
    join(folder, "lamps/index.ts"),
    "export default { contract: 1, functions: { async ping() {} } };\n",
  );
  const program =
    'plugin lamps from "./lamps" { allow http "127.0.0.1:8080" }\naction blink() { lamps.ping() }\n';
  writeFileSync(join(folder, "home.coppice"), program);
  const run = (args: readonly string[], env: Record<string, string> = {}) =>
    runCoppice(args, { cwd: folder, env });
  return { folder, write, run };
}

describe("coppice.lock", { timeout: 120_000 }, () => {
  it("asks before it lets a plugin in, then holds programs to it", async () => {
    const { folder, write, run } = home();
    const asked = await run(["plugin", "add", "./lamps"]);
    expect(asked).toMatchObject({ code: 7, stdout: expect.stringContaining("wants http") });
    expect(existsSync(join(folder, "coppice.lock"))).toBe(false);
    const added = await run([
      "plugin",
      "add",
      "./lamps",
      "--allow",
      "http 127.0.0.1:8080",
      "--yes",
      "--json",
    ]);
    expect(JSON.parse(added.stdout)).toMatchObject({
      name: "lamps",
      from: "./lamps",
      version: "1.0.0",
      grants: ['http "127.0.0.1:8080"'],
      signer: null,
    });
    expect(await run(["check", "home.coppice"])).toMatchObject({ code: 0 });
    expect((await run(["plugin", "add", "./lamps", "--yes"])).stderr).toContain("holds ./lamps already");

    write("1.1.0", ["http", "state"]);
    const differs = await run(["check", "home.coppice"]);
    expect(differs).toMatchObject({ code: 3 });
    expect(differs.stdout + differs.stderr).toMatch(
      /version 1\.0\.0 -> 1\.1\.0; hash .*; wants more: allow state \(to shine\)/,
    );
    expect(await run(["plugin", "verify"])).toMatchObject({
      code: 1,
      stdout: expect.stringContaining("✘ lamps 1.0.0"),
    });
    const local = await run(["run", "--local", "home.coppice", "blink"]);
    expect(local.code).toBe(3);

    const waits = await run(["plugin", "update", "lamps"]);
    expect(waits).toMatchObject({
      code: 7,
      stdout: expect.stringContaining("wants more: allow state (to shine)"),
    });
    expect(await run(["plugin", "update", "lamps", "--yes"])).toMatchObject({ code: 0 });
    expect(await run(["plugin", "verify"])).toMatchObject({ code: 0, stdout: "✔ lamps 1.1.0\n" });
  });

  it("takes up a version that wants nothing more without asking", async () => {
    const { write, run } = home();
    await run(["plugin", "add", "./lamps", "--yes"]);
    write("1.0.1", ["http"]);
    const updated = await run(["plugin", "update", "--json"]);
    expect(updated.code).toBe(0);
    expect(JSON.parse(updated.stdout)).toMatchObject({
      updated: [{ name: "lamps", version: "1.0.1", grants: ["http"] }],
    });
  });

  it("says what programs may allow, and shows a hand in it", async () => {
    const { folder, run } = home();
    await run(["plugin", "add", "./lamps", "--yes"]);
    await run(["plugin", "grant", "lamps", "http", "--revoke"]);
    const refused = await run(["check", "home.coppice"]);
    expect(refused.stdout + refused.stderr).toContain("error[unlocked-grant]");
    await run(["plugin", "grant", "lamps", "http", "127.0.0.1:8080"]);
    expect(await run(["check", "home.coppice"])).toMatchObject({ code: 0 });
    const file = join(folder, "coppice.lock");
    writeFileSync(file, readFileSync(file, "utf8").replace("127.0.0.1:8080", "10.0.0.1:8080"));
    const tampered = await run(["check", "home.coppice"]);
    expect(tampered.code).toBe(3);
    expect(tampered.stdout + tampered.stderr).toContain('the entry "lamps" was changed by other means');
    expect((await run(["plugin", "list", "--locked"])).code).toBe(1);
  });

  it("knows what can be allowed at all", async () => {
    const { run } = home();
    const added = await run(["plugin", "add", "./lamps", "--allow", "htp 127.0.0.1:8080", "--yes"]);
    expect(added).toMatchObject({ code: 1, stdout: "" });
    expect(added.stderr).toContain('allow htp 127.0.0.1:8080: there is no capability "htp"');
    expect(added.stderr).toContain("did you mean http? there are http, socket, ");
    await run(["plugin", "add", "./lamps", "--yes"]);
    const granted = await run(["plugin", "grant", "lamps", "stat"]);
    expect(granted).toMatchObject({ code: 1, stderr: expect.stringContaining("did you mean state?") });
  });

  it("packs a .tgz or a .zip, and nothing else by another name", async () => {
    const { run } = home();
    for (const name of ["lamps.tgz", "lamps.zip"]) {
      expect(await run(["plugin", "pack", "./lamps", "--out", name])).toMatchObject({ code: 0 });
      expect(await run(["plugin", "check", name])).toMatchObject({ code: 0 });
    }
    const other = await run(["plugin", "pack", "./lamps", "--out", "lamps.tar"]);
    expect(other).toMatchObject({ code: 2, stderr: expect.stringContaining("write --out lamps.tgz") });
  });

  it("holds two versions of a plugin at once", async () => {
    const { folder, write, run } = home();
    await run(["plugin", "add", "./lamps", "--yes"]);
    cpSync(join(folder, "lamps"), join(folder, "new"), { recursive: true });
    const file = join(folder, "new/plugin.json");
    writeFileSync(file, readFileSync(file, "utf8").replace("1.0.0", "2.0.0"));
    expect(await run(["plugin", "add", "./new", "--yes"])).toMatchObject({ code: 0 });
    const allow = 'allow http "127.0.0.1:8080"';
    const both = `plugin old from "./lamps" { ${allow} }\nplugin new from "./new" { ${allow} }\n`;
    writeFileSync(join(folder, "both.coppice"), `${both}action blink() { old.ping() new.ping() }\n`);
    expect(await run(["check", "both.coppice"])).toMatchObject({ code: 0 });
    const locked = JSON.parse((await run(["plugin", "list", "--locked", "--json"])).stdout);
    expect(Object.keys(locked.plugins)).toEqual(["lamps", "lamps@2.0.0"]);
    write("1.0.1", ["http"]);
    expect((await run(["plugin", "verify"])).stdout).toMatch(/✘ lamps 1\.0\.0 .*\n✔ lamps@2\.0\.0 2\.0\.0\n/);
  });

  it("refuses a plugin that it doesn't hold", async () => {
    const { run } = home();
    await run(["plugin", "add", "./lamps", "--yes"]);
    expect(await run(["plugin", "remove", "lamp"])).toMatchObject({
      code: 6,
      stderr: expect.stringContaining("Did you mean lamps?"),
    });
    expect(await run(["plugin", "remove", "lamps"])).toMatchObject({ code: 0 });
    const absent = await run(["check", "home.coppice"]);
    expect(absent.stdout + absent.stderr).toContain("coppice.lock doesn't hold ./lamps");
  });
});

describe("signing and packing", { timeout: 120_000 }, () => {
  it("signs with a key that only its owner reads, packs the signature, and checks it where it's trusted", async () => {
    const { folder, run } = home();
    const signed = await run(["plugin", "sign", "lamps", "--key", "author.key", "--new-key", "--json"]);
    const { signer } = JSON.parse(signed.stdout);
    expect(statSync(join(folder, "author.key")).mode & 0o777).toBe(0o600);
    expect(await run(["plugin", "pack", "lamps"])).toMatchObject({
      code: 0,
      stdout: expect.stringMatching(/^lamps-1\.0\.0\.tgz: 2 files/),
    });
    const env = { COPPICE_TRUSTED_KEYS: folder, COPPICE_PLUGIN_SIGNATURES: "signed" };
    const shown = await run(["plugin", "show", "lamps-1.0.0.tgz", "--json"], env);
    expect(JSON.parse(shown.stdout)).toMatchObject({ name: "lamps", signature: { state: "signed", signer } });
    expect(await run(["check", "home.coppice"], env)).toMatchObject({ code: 0 });
    expect(await run(["plugin", "add", "lamps-1.0.0.tgz", "--yes"], env)).toMatchObject({
      code: 0,
      stdout: expect.stringContaining(`signed by ${signer}`),
    });
    expect(await run(["plugin", "verify"], env)).toMatchObject({ code: 0 });
    const lost = await run(["plugin", "verify"]);
    expect(lost).toMatchObject({
      code: 1,
      stdout: expect.stringContaining(`was signed by ${signer} when it was locked`),
    });

    appendFileSync(join(folder, "lamps/index.ts"), "// more\n");
    const modified = await run(["plugin", "check", "lamps"], env);
    expect(modified).toMatchObject({
      code: 1,
      stderr: expect.stringContaining("lamps is modified: changed since: index.ts"),
    });
  });
});
