import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { loadLibrary } from "../../../engine/actions/load-library.ts";
import { importSpecs } from "../../../engine/senlin-import/import-specs.ts";
import { compileProgram } from "../../../grammar/compile.ts";
import { hasErrors } from "../../../grammar/diagnostics/diagnostic.ts";
import { renderDiagnostics } from "../../../grammar/diagnostics/render-diagnostic.ts";
import type { PluginSchema, ProfileTypeSchema, PropertySchemas } from "../../../grammar/plugin-schema.ts";

const folder = new URL("./cases/", import.meta.url);
const cluster = { name: "shop", size: 3, minimum: 1, maximum: 10 };
const cases = ["web-server.yaml", "stack.json", "container.yaml", "policies.yaml", "broken.yaml"];

function read(path: string) {
  return { path, text: readFileSync(new URL(path, folder), "utf8") };
}

function compile(text: string) {
  const { diagnostics } = compileProgram({
    path: "imported.coppice",
    text,
    library: loadLibrary(),
    plugins: (path) => schemas[path.replace(/^.*\//, "")] ?? { error: `no plugin at ${path}` },
  });
  return hasErrors(diagnostics)
    ? renderDiagnostics(text, "imported.coppice", diagnostics, { color: false })
    : "";
}

describe("the importer of Senlin's specs", () => {
  it.each(cases)("gives a program and a report for %s", async (path) => {
    const { text, report } = importSpecs({ files: [read(path)], pluginFolder: "./plugins", cluster: null });
    await expect(`${text}\n${report.lines().join("\n")}\n`).toMatchFileSnapshot(`cases/${path}.txt`);
  });

  it("gives a program that compiles, each policy bound to the cluster", async () => {
    const files = ["web-server.yaml", "policies.yaml"].map(read);
    const { text } = importSpecs({ files, pluginFolder: "./plugins", cluster });
    expect(compile(text)).toBe("");
    await expect(text).toMatchFileSnapshot("cases/shop.coppice.txt");
  });

  it.each(["stack.json", "container.yaml"])("gives a program that compiles for %s", (path) => {
    const { text } = importSpecs({ files: [read(path)], pluginFolder: "./plugins", cluster });
    expect(compile(text)).toBe("");
  });

  it("writes no password, neither into the program nor into the report", () => {
    const { text, report } = importSpecs({ files: [read("web-server.yaml")], pluginFolder: ".", cluster });
    expect(text + report.lines().join("\n")).not.toContain("canary");
    expect(text).toContain('secret web_server_admin_pass = env("WEB_SERVER_ADMIN_PASS")');
  });

  it("keeps each comment of the YAML", () => {
    const { text } = importSpecs({ files: [read("web-server.yaml")], pluginFolder: ".", cluster: null });
    for (const comment of [
      "The shop's web servers",
      "taken from the image team's list",
      "the tenant's own",
      "the smallest that boots",
    ]) {
      expect(text.split(`// ${comment}`)).toHaveLength(2);
    }
  });

  it("never evaluates what looks like a template", () => {
    const { text } = importSpecs({ files: [read("web-server.yaml")], pluginFolder: ".", cluster: null });
    expect(text).toContain('image: "cirros-\\{\\{ version \\}\\}"');
  });

  it("gives names that are free and no keywords", () => {
    const spec = (path: string) => ({
      path,
      text: "type: senlin.policy.batch\nversion: 1.0\nproperties: {}\n",
    });
    const { text } = importSpecs({
      files: [spec("for.yaml"), spec("x/9.yml"), spec("shop.json"), spec("shop.yaml")],
      pluginFolder: ".",
      cluster,
    });
    expect([...text.matchAll(/^policy (\w+)/gm)].map((match) => match[1])).toEqual([
      "spec_for",
      "spec_9",
      "shop_2",
      "shop_3",
    ]);
  });

  it("answers any text with a program or a problem", () => {
    for (const text of [
      "",
      "---\n---\n",
      "- a\n- b",
      "a: &x [*x]",
      "\u0000",
      "{",
      "type: x\n".repeat(1000),
    ]) {
      const { report } = importSpecs({
        files: [{ path: "any.yaml", text }],
        pluginFolder: ".",
        cluster: null,
      });
      expect(report.entries().some((entry) => entry.kind === "problem")).toBe(true);
    }
  });
});

function schema(name: string, type: string, properties: PropertySchemas): PluginSchema {
  const profile: ProfileTypeSchema = {
    properties,
    operations: { create: {}, delete: {}, get: {}, find: {} },
  };
  const base = {
    version: "1.0.0",
    contract: 1,
    tier: "sandboxed",
    hash: "a".repeat(64),
    settings: {},
    functions: {},
  };
  return { ...base, name, tier: "sandboxed", needs: [], profiles: { [type]: profile } };
}

const text = { type: "String" } as const;
const anything = { type: "Any" } as const;
const schemas: Readonly<Record<string, PluginSchema>> = {
  nova: schema("nova", "server", {
    image: text,
    flavor: text,
    key_name: text,
    availability_zone: text,
    region: text,
    user_data: text,
    admin_pass: { type: "Secret" },
    config_drive: { type: "Bool" },
    networks: anything,
    metadata: anything,
  }),
  heat: schema("heat", "stack", {
    template: anything,
    timeout: { type: "Duration" },
    disable_rollback: { type: "Bool" },
  }),
  docker: {
    ...schema("docker", "container", { image: text, command: { type: "List", of: text } }),
    needs: [{ capability: "socket", why: "to talk to the engine" }],
  },
};
