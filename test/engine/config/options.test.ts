import { readFileSync } from "node:fs";
import path from "node:path";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { BadValue } from "../../../engine/config/bad-value.ts";
import { configOf } from "../../../engine/config/config-of.ts";
import { environmentFor } from "../../../engine/config/config-variables.ts";
import { readers } from "../../../engine/config/option.ts";
import { type OptionName, optionNames, optionOf, variableOf } from "../../../engine/config/options.ts";
import { readConfig } from "../../../engine/config/read-config.ts";
import { sourceFiles } from "../../support/imports.ts";
import { root } from "../../support/run-coppice.ts";

const sources = sourceFiles(root)
  .filter((file) => file.startsWith("engine/") || file.startsWith("bin/"))
  .map((file) => ({ file, text: readFileSync(path.join(root, file), "utf8") }));
const outside = sources.filter(({ file }) => !file.startsWith("engine/config/"));

describe("the table", () => {
  it.each(optionNames)("%s is named, described and read as it should be", (name) => {
    const { doc, readers: read, kind, default: value } = optionOf(name);
    expect(name).toMatch(/^[a-z]+(-[a-z]+)*$/);
    expect(doc).toMatch(/^[A-Z`][^\n]*\.$/);
    expect(read.every((each) => readers.includes(each)) && read.length > 0).toBe(true);
    const meant = typeof value === "function" ? value({ HOME: "/root" }) : value;
    expect(kind.parse(kind.show(meant), "/")).toEqual(meant);
  });

  it("has one variable for each", () => {
    expect(new Set(optionNames.map(variableOf)).size).toBe(optionNames.length);
  });

  it("holds only what code reads", () => {
    const read = optionNames.filter((name) =>
      outside.some(({ text }) => text.includes(`get("${name}")`) || text.includes(`given("${name}")`)),
    );
    const elsewhere: OptionName[] = ["config"]; // by readConfig itself
    expect(read).toEqual(optionNames.filter((name) => !elsewhere.includes(name)));
  });
});

describe("there is no second way", () => {
  /** Files that look at the environment for what is no option of ours. */
  const others: Readonly<Record<string, string>> = {
    "bin/setup.mjs": "sets up the packages, before there is a table",
    "bin/run.mjs": "runs tools with them",
    "engine/cli/output.ts": "NO_COLOR, FORCE_COLOR, TERM",
    "engine/cli/report-error.ts": "the same",
    "engine/host/bundle-plugin.ts": "what libraries ask for, replaced when they are bundled",
    "engine/host/guest/probe.ts": "looks at what a guest inherits",
    "engine/stack/postgres-data.ts": "PATH for Postgres",
    "engine/stack/postgres-part.ts": "PATH for Postgres",
    "engine/stack/temporal-part.ts": "PATH and TMPDIR for Temporal",
  };

  it("the environment is read in one place", () => {
    const reading = outside.filter(({ text }) => text.includes("process.env")).map(({ file }) => file);
    expect(reading.sort()).toEqual(Object.keys(others).sort());
  });

  it("every variable that the code names is an option's", () => {
    const known = new Set(optionNames.flatMap((name) => [variableOf(name), `${variableOf(name)}_FILE`]));
    const wrong = sources.flatMap(({ file, text }) =>
      [...text.matchAll(/\b(?:COPPICE_[A-Z][A-Z_]*[A-Z]|DATABASE_URL|TEMPORAL_[A-Z_]+)\b/g)]
        .map(([name]) => name)
        .filter((name) => !known.has(name) && !name.startsWith("COPPICE_TEST_"))
        .map((name) => `${file}: ${name}`),
    );
    expect(wrong).toEqual([]);
  });
});

/** Texts that an option takes, for most kinds; and any text. */
const texts: Readonly<Record<string, fc.Arbitrary<string>>> = {
  "api-port": fc.integer({ min: 1, max: 65_535 }).map(String),
  "default-action-timeout": fc.integer({ min: 1000, max: 10 ** 9 }).map((value) => `${value}ms`),
  "batch-pause": fc.constantFrom("0", "0s", "1h30m", "2d", "1.5s", "250ms"),
  "max-body-size": fc.constantFrom("1024", "1KiB", "1.5MiB", "2MB", "1GiB", "1025"),
  "api-host": fc.constantFrom("127.0.0.1", "::1", "0.0.0.0", "web-1.example.org"),
  "temporal-address": fc.constantFrom("temporal:7233", "[::1]:7233", "10.0.0.1:1"),
  "database-url": fc.constantFrom("postgres://u:p@h/d", "postgres:///d?host=/tmp", "postgresql://h:1/d"),
  "keystone-url": fc.webUrl(),
  "secret-env": fc
    .array(fc.stringMatching(/^[A-Z_]{1,8}$/), { maxLength: 4 })
    .map((names) => names.join(", ")),
  "plugin-path": fc
    .array(fc.stringMatching(/^[a-z./]{1,8}$/), { maxLength: 3 })
    .map((paths) => paths.join(":")),
  "private-networks": fc.constantFrom("10.0.0.0/8", "fd00::/8, 192.168.0.0/16", ""),
  jail: fc.constantFrom("best", "none", "bubblewrap"),
  strict: fc.constantFrom("true", "false", "1", "0"),
  retention: fc.constantFrom("7d", "none"),
  region: fc.stringMatching(/^[a-zA-Z0-9 .:,#'"-]{1,12}$/),
};

describe("values", () => {
  it("reach a program that is started with them just as they were read", () => {
    const variables = fc.record(
      Object.fromEntries(Object.entries(texts).map(([name, text]) => [variableOf(name as OptionName), text])),
      { requiredKeys: [] },
    );
    fc.assert(
      fc.property(variables, (given) => {
        const config = configOf({ ...given, COPPICE_HOME: "/srv/home", OTHER: "kept" });
        const handed = environmentFor(readers, config);
        const again = readConfig({ environment: handed, reader: "up", folder: "/another/folder" });
        for (const name of optionNames)
          if (name !== "config") expect(again.get(name)).toEqual(config.get(name));
        expect(handed["OTHER"]).toBe("kept");
      }),
    );
  });

  it("of any text are read or refused, and nothing else happens", () => {
    const anyOption = fc.constantFrom(...optionNames);
    const anyText = fc.oneof(fc.string(), fc.string({ unit: "binary" }), ...Object.values(texts));
    fc.assert(
      fc.property(anyOption, anyText, (name, text) => {
        const { kind } = optionOf(name);
        let value: unknown;
        try {
          value = kind.parse(text, "/");
        } catch (error) {
          expect(error).toBeInstanceOf(BadValue);
          return;
        }
        expect(kind.parse(kind.show(value), "/elsewhere")).toEqual(value);
      }),
      { numRuns: 2000 },
    );
  });
});

describe("what a program is handed", () => {
  const config = configOf({
    COPPICE_TOKEN: "for commands",
    COPPICE_CREDENTIALS: "/etc/credentials",
    COPPICE_KEYSTONE_URL: "http://keystone:5000/v3",
    COPPICE_KEYSTONE_PASSWORD: "s3cret",
    COPPICE_API_PORT: "8777",
    DATABASE_URL: "postgres://db/coppice",
    PATH: "/bin",
  });

  it("is what it reads, and no other option", () => {
    expect(environmentFor(["api"], config)).toEqual({
      PATH: "/bin",
      COPPICE_CONFIG: "none",
      COPPICE_HOME: config.get("home"),
      COPPICE_KEYSTONE_URL: "http://keystone:5000/v3",
      COPPICE_KEYSTONE_PASSWORD: "s3cret",
      COPPICE_API_PORT: "8777",
      DATABASE_URL: "postgres://db/coppice",
    });
    expect(Object.keys(environmentFor(["worker"], config))).not.toContain("COPPICE_API_PORT");
    expect(environmentFor(["worker"], config)).toMatchObject({ COPPICE_CREDENTIALS: "/etc/credentials" });
  });

  it("may be replaced", () => {
    const handed = environmentFor(["api"], config, { "database-url": "postgres://other/db", "api-port": 1 });
    expect(handed).toMatchObject({ DATABASE_URL: "postgres://other/db", COPPICE_API_PORT: "1" });
  });
});
