import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { zipSync } from "fflate";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { compileRequest } from "../../../engine/actions/compile-request.ts";
import { offerPlugins, type PluginOffers } from "../../../engine/actions/offer-plugins.ts";
import { openOutput } from "../../../engine/cli/output.ts";
import { signPlugin } from "../../../engine/cli/sign-plugin.ts";
import { configOf } from "../../../engine/config/config-of.ts";
import { installConfig } from "../../../engine/config/current-config.ts";
import { memoryStateStore } from "../../../engine/host/broker/memory-state-store.ts";
import { createPluginHost } from "../../../engine/host/create-plugin-host.ts";
import type { PluginHost } from "../../../engine/host/plugin-host.ts";
import { packPlugin } from "../../../engine/plugins/pack-plugin.ts";
import { readPackage } from "../../../engine/plugins/read-package.ts";
import { findPluginBundle, listPlugins } from "../../../engine/store/plugins.ts";
import { insertToken } from "../../../engine/store/tokens.ts";
import type { Manifest } from "../../../plugins/sdk/manifest.ts";
import { startTestApi, type TestApi, tokenOf } from "../../support/api.ts";

let api: TestApi;
const root = mkdtempSync(join(tmpdir(), "coppice-plugins-"));
beforeAll(async () => {
  api = await startTestApi();
  const admin = { token: tokenOf("root"), projectId: "default", userId: "root", role: "admin" } as const;
  await insertToken(api.db.pool, admin);
});
afterAll(async () => {
  await api.stop();
  rmSync(root, { recursive: true });
});
afterEach(() => {
  installConfig(null);
});

/** A plugin whose function says which version it is. */
function writePlugin(folder: string, name: string, version: string): string {
  mkdirSync(folder, { recursive: true });
  const functions = { version: { result: { type: "String" } } };
  const manifest = {
    name,
    version,
    contract: 1,
    tier: "sandboxed",
    entry: "./index.ts",
    description: "",
    functions,
  };
  writeFileSync(join(folder, "plugin.json"), JSON.stringify(manifest));
  writeFileSync(
    join(folder, "index.ts"),
    `export default { contract: 1, functions: { async version() { return "${version}"; } } };`,
  );
  return folder;
}

async function put(bytes: Uint8Array, q: { user?: string; query?: string; type?: string } = {}) {
  const { user = "ann", query = "", type = "application/gzip" } = q;
  const { statusCode, body } = await api.app.inject({
    method: "PUT",
    url: `/v1/plugins/packages${query}`,
    headers: {
      "x-auth-token": tokenOf(user),
      "openstack-api-version": "clustering latest",
      "content-type": type,
    },
    payload: Buffer.from(bytes),
  });
  return { status: statusCode, json: JSON.parse(body) };
}

async function unload(hash: string, user: string) {
  const headers = { "x-auth-token": tokenOf(user), "openstack-api-version": "clustering latest" };
  return (await api.app.inject({ method: "DELETE", url: `/v1/plugins/${hash}`, headers })).statusCode;
}

const archiveOf = (folder: string) => packPlugin(readPackage(folder));

describe("uploading archives", () => {
  it("keeps a plugin under one hash, from a .tgz and from a .zip", async () => {
    const folder = writePlugin(join(root, "keep"), "keep", "1.0.0");
    const tgz = await put(archiveOf(folder));
    expect(tgz).toMatchObject({ status: 200, json: { name: "keep", signature: "unsigned", signer: null } });
    const zip = await put(zipSync(Object.fromEntries(readPackage(folder).files)), {
      type: "application/zip",
    });
    expect(zip.json).toEqual(tgz.json);
    const shown = await api.call("GET", `/v1/plugins/${tgz.json.hash}`);
    expect(shown.json.plugin).toMatchObject({ name: "keep", loaded: true, manifest: { version: "1.0.0" } });
  });

  it("refuses readers, other bodies, broken archives and plugins that don't tell the truth", async () => {
    const folder = writePlugin(join(root, "liar"), "liar", "1.0.0");
    expect((await put(archiveOf(folder), { user: "rea" })).status).toBe(403);
    const other = await put(Buffer.from("{}"), { type: "application/json" });
    expect(other).toMatchObject({ status: 415, json: { error: { type: "UnsupportedMediaType" } } });
    expect(other.json.error.help).toContain("application/zip");
    const broken = await put(Buffer.from("hello"));
    expect(broken).toMatchObject({ status: 400, json: { error: { message: /neither a \.tgz nor/ } } });
    writeFileSync(join(folder, "index.ts"), "export default { contract: 1 };");
    const lies = await put(archiveOf(folder));
    expect(lies).toMatchObject({
      status: 400,
      json: { error: { message: /"version" is declared and not exported/ } },
    });
    const large = await put(Buffer.alloc(33 * 1024 * 1024));
    expect(large.status).toBe(413);
    expect(large.json.error.message).toBe("the package is larger than 32 MiB");
  });

  it("wants signatures where the operator does, and checks them itself", async () => {
    const signedOnly = { COPPICE_PLUGIN_SIGNATURES: "signed", COPPICE_TRUSTED_KEYS: "" };
    installConfig(configOf(signedOnly));
    const folder = writePlugin(join(root, "signed"), "signed_one", "1.0.0");
    const unsigned = await put(archiveOf(folder));
    expect(unsigned).toMatchObject({ status: 403, json: { error: { message: /isn't signed/ } } });
    const manifest = readPackage(folder).files.get("plugin.json") as Uint8Array;
    const bare = { manifest: JSON.parse(Buffer.from(manifest).toString()), bundle: "export default {}" };
    expect((await api.call("PUT", "/v1/plugins", bare)).status).toBe(403);
    const key = join(root, "signer.key");
    signPlugin({ path: folder, key, newKey: true, output: { ...openOutput({ json: true }), data() {} } });
    const signed = archiveOf(folder);
    expect((await put(signed)).status).toBe(403);
    installConfig(configOf({ ...signedOnly, COPPICE_TRUSTED_KEYS: `${key}.pub` }));
    const kept = await put(signed);
    expect(kept).toMatchObject({ status: 200, json: { signature: "signed", signer: /^[0-9A-F]{16}$/ } });
    writeFileSync(join(folder, "index.ts"), "export default {};");
    expect((await put(archiveOf(folder))).json.error.message).toContain(
      "is modified: changed since: index.ts",
    );
  });
});

describe("unloading", () => {
  it("is for administrators, keeps others from taking it up, and is taken back by one", async () => {
    const bytes = archiveOf(writePlugin(join(root, "gone"), "gone", "1.0.0"));
    const { hash } = (await put(bytes)).json;
    expect([await unload(hash, "ann"), await unload(hash, "root"), await unload(hash, "root")]).toEqual([
      403, 204, 404,
    ]);
    expect((await put(bytes)).json.error.message).toContain("gone 1.0.0 was unloaded");
    const text = 'plugin gone from "./gone" {}\naction ask() { gone.version() }\n';
    const request = {
      projectId: "default",
      userId: "ann",
      path: "a.coppice",
      text,
      imports: [],
      parameters: {},
    };
    const compile = () => compileRequest(api.db.pool, { ...request, plugins: { "./gone": hash } });
    expect((await compile()).diagnostics).toMatchObject([{ code: "bad-plugin" }]);
    expect((await put(bytes, { query: "?reload=true" })).status).toBe(403);
    expect((await put(bytes, { query: "?reload=true", user: "root" })).status).toBe(200);
    expect((await compile()).diagnostics).toEqual([]);
  });
});

describe("folders that the server watches", () => {
  const watched = join(root, "watched");
  const said: string[] = [];
  const logger = {
    info: (_: object, text: string) => said.push(text),
    warn: (_: object, text: string) => said.push(text),
  };
  let offers: PluginOffers;
  const hosts: PluginHost[] = [];
  afterAll(async () => {
    await offers?.close();
    for (const host of hosts) await host.close();
  });

  const compiled = async (from = "lamps") => {
    const text = `plugin lamps from "${from}" {}\naction ask() { lamps.version() }\n`;
    const request = {
      projectId: "default",
      userId: "ann",
      path: "a.coppice",
      text,
      imports: [],
      parameters: {},
    };
    return await compileRequest(api.db.pool, { ...request, plugins: {} });
  };
  const hashNow = async (from = "lamps") => (await compiled(from)).plan?.plugins["lamps"]?.hash;
  const eventually = async <T>(work: () => Promise<T>, holds: (value: T) => boolean) =>
    await expect.poll(async () => holds(await work()), { timeout: 30_000, interval: 100 }).toBe(true);

  it("offers what lies there by name, takes up changes, and leaves runs what they have", async () => {
    writePlugin(join(watched, "lamps"), "lamps", "1.0.0");
    offers = offerPlugins({ pool: api.db.pool, logger, folders: [watched] });
    await offers.settled();
    const first = await hashNow();
    expect(first).toMatch(/^[0-9a-f]{64}$/);

    // two workers, each with a host of its own, find what one server took in
    for (let i = 0; i < 2; i += 1) {
      const silent = { debug() {}, info() {}, warn() {}, error() {} };
      const bundles = async (hash: string) => {
        const found = await findPluginBundle(api.db.pool, { hash });
        return found === null
          ? undefined
          : { manifest: found.manifest as unknown as Manifest, bundle: found.bundle };
      };
      hosts.push(
        createPluginHost({
          bundles,
          state: memoryStateStore(),
          audit: { write: async () => {} },
          logger: silent,
        }),
      );
    }
    const ask = (host: PluginHost, pluginHash: string | undefined) =>
      host.call({
        pluginHash: pluginHash as string,
        projectId: "default",
        grants: [],
        settings: {},
        target: { kind: "function", function: "version" },
        call: { key: "k", arguments: {} },
        timeoutMs: 20_000,
        origin: { actionId: null, callId: "test" },
      });
    expect(await Promise.all(hosts.map((host) => ask(host, first)))).toEqual(["1.0.0", "1.0.0"]);

    writePlugin(join(watched, "lamps"), "lamps", "1.1.0");
    await eventually(
      () => hashNow(),
      (hash) => hash !== undefined && hash !== first,
    );
    const second = await hashNow();
    expect(await Promise.all(hosts.flatMap((host) => [ask(host, first), ask(host, second)]))).toEqual([
      "1.0.0",
      "1.1.0",
      "1.0.0",
      "1.1.0",
    ]);

    cpSync(writePlugin(join(root, "beside"), "lamps", "1.0.9"), join(watched, "older"), { recursive: true });
    await eventually(
      () => hashNow("lamps@1.0"),
      (hash) => hash !== undefined,
    );
    expect(await hashNow()).toBe(second);

    rmSync(watched, { recursive: true });
    await eventually(
      () => hashNow(),
      (hash) => hash === undefined,
    );
    expect(await ask(hosts[0] as PluginHost, second)).toBe("1.1.0");
    writePlugin(join(watched, "lamps"), "lamps", "1.1.0");
    await eventually(
      () => hashNow(),
      (hash) => hash === second,
    );
  }, 120_000);

  it("leaves out what can't be loaded, says why, and goes on", async () => {
    mkdirSync(join(watched, "broken"));
    writeFileSync(join(watched, "broken", "plugin.json"), "{");
    await eventually(
      async () => said.join("\n"),
      (text) => text.includes("a plugin can't be read"),
    );
    expect(await hashNow()).toBeDefined();
  });

  it("offers nobody what a program merely brought", async () => {
    await put(archiveOf(writePlugin(join(root, "mine"), "mine", "1.0.0")));
    const { diagnostics } = await compiled("mine");
    expect(diagnostics).toMatchObject([{ code: "bad-plugin" }]);
    const rows = await listPlugins(api.db.pool, { limit: 100, marker: null });
    expect(rows.find(({ name }) => name === "mine")).toMatchObject({ offered: false, signature: "unsigned" });
  });
});
