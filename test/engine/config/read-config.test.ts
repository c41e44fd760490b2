import { chmodSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { ConfigError } from "../../../engine/config/config-error.ts";
import { type ConfigSources, examineConfig, readConfig } from "../../../engine/config/read-config.ts";
import { temporaryFolder } from "../../support/temporary-folder.ts";

interface Given {
  readonly flags?: Readonly<Record<string, string>>;
  readonly env?: NodeJS.ProcessEnv;
  readonly file?: string;
  readonly reader?: ConfigSources["reader"];
  readonly needs?: ConfigSources["needs"];
}

/** A home with this file in it; what is wrong is told with `HOME` for its folder. */
function sourcesOf(q: Given): ConfigSources & { home: string } {
  const home = temporaryFolder();
  if (q.file !== undefined) writeFileSync(join(home, "coppice.yaml"), q.file, { mode: 0o600 });
  return {
    home,
    flags: new Map(Object.entries(q.flags ?? {})),
    environment: { COPPICE_HOME: home, ...q.env },
    folder: "/work/folder",
    reader: q.reader ?? "up",
    needs: q.needs ?? [],
  };
}

const read = (q: Given) => readConfig(sourcesOf(q));

function messageOf(q: Given): string {
  const sources = sourcesOf(q);
  try {
    readConfig(sources);
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    const help = error.help === undefined ? "" : `\n  help: ${error.help}`;
    return `${error.message}${help}`.replaceAll(sources.home, "HOME");
  }
  return "no mistake";
}

describe("where a value comes from", () => {
  const file = "api-port: 1001\n";
  const env = { COPPICE_API_PORT: "1002" };

  it.each([
    ["the default", {}, 8778, { kind: "default" }],
    ["the file", { file }, 1001, { kind: "file", line: 1, column: 11 }],
    ["a variable before the file", { file, env }, 1002, { kind: "variable", name: "COPPICE_API_PORT" }],
    [
      "a flag before both",
      { file, env, flags: { "api-port": "1003" } },
      1003,
      { kind: "flag", name: "--api-port" },
    ],
    ["an empty variable is none", { file, env: { COPPICE_API_PORT: "" } }, 1001, { kind: "file" }],
  ] as const)("%s", (_what, given, value, place) => {
    const config = read(given);
    expect(config.get("api-port")).toBe(value);
    expect(config.place("api-port")).toMatchObject(place);
    expect(config.given("api-port")).toBe(place.kind === "default" ? undefined : value);
  });

  it("takes a lower one's value away with none", () => {
    const keystone = "keystone-url: http://keystone:5000/v3\n";
    expect(read({ file: keystone }).get("keystone-url")?.href).toBe("http://keystone:5000/v3");
    expect(read({ file: keystone, env: { COPPICE_KEYSTONE_URL: "none" } }).get("keystone-url")).toBeNull();
  });

  it("reads the file that a flag or a variable names, which may name the home, and none when told so", () => {
    const folder = temporaryFolder();
    const named = join(folder, "other.yaml");
    writeFileSync(named, "home: state\napi-port: 1004\n");
    const { environment } = sourcesOf({ file });
    const { COPPICE_HOME: _, ...homeless } = environment ?? {};
    const byFlag = readConfig({ environment: homeless, flags: new Map([["config", named]]), reader: "up" });
    expect([byFlag.get("home"), byFlag.get("api-port"), byFlag.file]).toEqual([
      join(folder, "state"),
      1004,
      named,
    ]);
    const byVariable = readConfig({ environment: { ...environment, COPPICE_CONFIG: named }, reader: "up" });
    expect([byVariable.get("home"), byVariable.get("api-port")]).toEqual([
      environment?.["COPPICE_HOME"],
      1004,
    ]);
    const unread = readConfig({ environment: { ...environment, COPPICE_CONFIG: "none" }, reader: "up" });
    expect([unread.get("api-port"), unread.file]).toEqual([8778, null]);
  });
});

describe("values", () => {
  it("have their option's type", () => {
    const config = read({
      file: `
default-action-timeout: 1h30m
batch-pause: 5
service-down-time: 90000ms
max-body-size: 2MiB
plugin-stream-bytes: 65536
name-unique: true
trust-roles: [member, reader, member]
max-clusters-per-user: none
keystone-interface: internal
keystone-url: http://127.0.0.1:5000/v3
`,
    });
    expect(config.get("default-action-timeout")).toEqual({ milliseconds: 5_400_000, seconds: 5400 });
    expect(config.get("batch-pause").seconds).toBe(5);
    expect(config.get("service-down-time").seconds).toBe(90);
    expect(config.get("max-body-size")).toBe(2 * 1024 * 1024);
    expect(config.get("plugin-stream-bytes")).toBe(65_536);
    expect(config.get("name-unique")).toBe(true);
    expect(config.get("trust-roles")).toEqual(["member", "reader"]);
    expect(config.get("max-clusters-per-user")).toBeNull();
    expect(config.get("keystone-interface")).toBe("internal");
    expect(config.get("keystone-url")?.host).toBe("127.0.0.1:5000");
  });

  it("that are paths start where they were written", () => {
    const key = "RWQf6LRCGA9i53mlYecO4IzT51TGPpvWucNSCh1CBM0QTaLn73Y7GFO3";
    const sources = sourcesOf({
      file: "secret-dir: secrets\n",
      env: { COPPICE_PLUGIN_PATH: "plugins:/opt/plugins::../more", COPPICE_TRUSTED_KEYS: `${key}:keys` },
      flags: { "rules-file": "rules.yaml" },
    });
    const config = readConfig(sources);
    expect(config.get("secret-dir")).toBe(join(sources.home, "secrets"));
    expect(config.get("plugin-path")).toEqual(["/work/folder/plugins", "/opt/plugins", "/work/more"]);
    expect(config.get("trusted-keys")).toEqual([key, "/work/folder/keys"]);
    expect(config.get("rules-file")).toBe("/work/folder/rules.yaml");
    expect(read({ env: { COPPICE_TRUSTED_KEYS: "" } }).get("trusted-keys")).toEqual([]);
    expect(read({}).get("trusted-keys")).toBeNull();
  });

  it("of secrets may be in files of their own", () => {
    const folder = temporaryFolder();
    writeFileSync(join(folder, "password"), "s3cret\n");
    const url = { COPPICE_KEYSTONE_URL: "http://keystone:5000/v3" };
    const variable = read({ env: { ...url, COPPICE_KEYSTONE_PASSWORD_FILE: join(folder, "password") } });
    expect(variable.get("keystone-password")).toBe("s3cret");
    expect(variable.valueFile("keystone-password")).toBe(join(folder, "password"));
    const flag = read({
      env: { ...url, COPPICE_KEYSTONE_PASSWORD: "another" },
      flags: { "keystone-password-file": join(folder, "password") },
    });
    expect(flag.get("keystone-password")).toBe("s3cret");
  });
});

describe("mistakes", () => {
  it("are told all at once, each with its place and how to mend it", async () => {
    const text = messageOf({
      flags: { "max-nodes-per-cluster": "20000", "no-proxy": "10.0.0.0/8" },
      env: {
        COPPICE_KEYSTONE_ULR: "http://keystone:5000/v3",
        COPPICE_DATABASE_URL: "postgres://db/coppice",
        COPPICE_STRICT: "yes",
        COPPICE_PRIVATE_NETWORKS: "10.0.0.0/8,10.0.0.0/33",
        COPPICE_TOKEN_FILE: "/nowhere/token",
        COPPICE_RETENTION: "soon",
        DATABASE_URL: "mysql://root:hunter2@db/coppice",
        UNRELATED: "x",
      },
      file: `# our cloud
api-port: 99999
api_host: 0.0.0.0
keystone-interface: pubic
keystone-url: keystone:5000
default-action-timeout: 1 hour
home: /srv/coppice
trust-roles:
  - member
  - { name: reader }
name-unique: [true, false]
region:
default-page-size: 5000
keystone-password: one
keystone-password-file: two
`,
      needs: ["database-url", "temporal-address"],
    });
    expect(text).not.toContain("hunter2");
    await expect(`${text}\n`).toMatchFileSnapshot("mistakes.txt");
  });

  it("of one is told like any error", () => {
    expect(messageOf({ env: { COPPICE_API_PORT: "tcp://10.0.0.1:80" } })).toBe(
      'COPPICE_API_PORT is "tcp://10.0.0.1:80", which is not a whole number\n  help: write a port number, 1 to 65535',
    );
  });

  it("quote no password that stands where none may be", () => {
    expect(messageOf({ env: { COPPICE_KEYSTONE_URL: "htp://me:hunter2@keystone:5000/v3" } })).toContain(
      'COPPICE_KEYSTONE_URL is "htp://me:(hidden)@keystone:5000/v3", which is not an http address',
    );
  });

  it.each([
    ["api-port: 1\napi-port: 2\n", "HOME/coppice.yaml:2:1: not YAML: Map keys must be unique"],
    ["api-port: [1, 2\n", "HOME/coppice.yaml:2:1: not YAML: Flow sequence in block collection must be"],
    ["- api-port\n", "HOME/coppice.yaml:1:1: it is no map of options"],
    ["api-port\n", "HOME/coppice.yaml:1:1: it is no map of options"],
    ['"": 1\n', 'HOME/coppice.yaml:1:1: there is no option ""'],
    ["config: x.yaml\n", "HOME/coppice.yaml:1:1: config can't be set in the file that it leads to"],
    ["api-port: ''\n", "HOME/coppice.yaml:1:11: api-port is empty"],
    ["keystone-url-file: x\n", 'HOME/coppice.yaml:1:1: there is no option "keystone-url-file"'],
    ["plugin-path-file: [a, b]\n", 'HOME/coppice.yaml:1:1: there is no option "plugin-path-file"'],
    ["token-file: [a, b]\n", "HOME/coppice.yaml:1:13: token-file is a list"],
  ])("in the file: %j", (file, says) => {
    expect(messageOf({ file })).toContain(says);
  });

  it("of a file that isn't there are told only where it was named", () => {
    expect(messageOf({})).toBe("no mistake");
    expect(messageOf({ file: "" })).toBe("no mistake");
    expect(messageOf({ env: { COPPICE_CONFIG: "/nowhere/x.yaml" } })).toContain("it can't be read: ENOENT");
    const home = temporaryFolder();
    mkdirSync(join(home, "coppice.yaml"));
    expect(() => readConfig({ environment: { COPPICE_HOME: home }, reader: "up" })).toThrow("EISDIR");
  });

  it("that only servers meet don't stop the other commands", () => {
    const file = "api-port: x\nkeystne-url: y\n";
    expect(messageOf({ file, reader: "cli" })).toBe("no mistake");
    expect(messageOf({ file: `${file}plugin-signatures: yes\n`, reader: "cli" })).toContain(
      "plugin-signatures",
    );
    expect(messageOf({ file: `${file}]`, reader: "cli" })).toContain("not YAML");
    expect(messageOf({ file, reader: "worker" })).toContain("2 mistakes");
  });

  it("leave the other values as they were given", () => {
    const { config, mistakes } = examineConfig(sourcesOf({ file: "api-port: x\napi-host: 0.0.0.0\n" }));
    expect([config.get("api-port"), config.get("api-host"), mistakes.length]).toEqual([8778, "0.0.0.0", 1]);
  });
});

describe("warnings", () => {
  it("tell of variables that look like ours, and are no secrets of programs", () => {
    const env = {
      COPPICE_COLOUR: "x",
      COPPICE_CLOUD_PASSWORD: "x",
      COPPICE_SECRET_ENV: "COPPICE_CLOUD_PASSWORD",
    };
    expect(read({ env }).warnings.map(({ message }) => message)).toEqual(["COPPICE_COLOUR is no option"]);
  });

  it("tell of a secret in a file that others may read", () => {
    const sources = sourcesOf({ file: "keystone-url: http://k/v3\nkeystone-password: s3cret\n" });
    expect(readConfig(sources).warnings).toEqual([]);
    chmodSync(join(sources.home, "coppice.yaml"), 0o644);
    const [warning] = readConfig(sources).warnings;
    expect(warning?.message).toContain("keystone-password is a secret, and others may read");
    expect(JSON.stringify(warning)).not.toContain("s3cret");
  });
});
