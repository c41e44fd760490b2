import { spawnSync } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { checkProgram } from "../../../engine/cli/check-program.ts";
import { readProgram } from "../../../engine/cli/read-program.ts";
import { readConformanceFile } from "../../../engine/conformance/conformance-file.ts";
import { runConformance } from "../../../engine/conformance/run-conformance.ts";
import { subjectOf } from "../../../engine/conformance/subject-of.ts";
import { loadPlugin } from "../../../engine/host/load-plugin.ts";
import { newPlugin, templates } from "../../../engine/plugin-kit/new-plugin.ts";
import { root } from "../../support/run-coppice.ts";

const folder = mkdtempSync(path.join(tmpdir(), "coppice-new-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe.each(templates)("a new plugin from the template %s", (template) => {
  const into = path.join(folder, template);
  newPlugin({ name: `my_${template}`, into, template });

  it("type-checks outside of this repository, without an install", () => {
    const tsc = path.join(root, "node_modules/typescript/bin/tsc");
    const { stdout, status } = spawnSync(process.execPath, [tsc, "-p", into], { encoding: "utf8" });
    expect({ stdout, status }).toEqual({ stdout: "", status: 0 });
  });

  it("is told of a mistake in its types", () => {
    const file = path.join(into, "mistake.ts");
    writeFileSync(
      file,
      'import { DriverError } from "coppice/sdk";\nthrow new DriverError("x", { code: 1 });\n',
    );
    const tsc = path.join(root, "node_modules/typescript/bin/tsc");
    const { stdout, status } = spawnSync(process.execPath, [tsc, "-p", into], { encoding: "utf8" });
    rmSync(file);
    expect(status).not.toBe(0);
    expect(stdout).toContain("mistake.ts(2,");
  });

  it("passes its test at once", async () => {
    const plugin = await loadPlugin(into);
    expect(plugin.manifest.name).toBe(`my_${template}`);
    const results = await runConformance(subjectOf(plugin, readConformanceFile(into), { calls: 1000 }));
    const failed = results.filter(({ outcome }) => outcome === "failed");
    expect(failed).toEqual([]);
    expect(results.filter(({ outcome }) => outcome === "passed").length).toBeGreaterThan(3);
  });

  it("comes with a program that has no mistakes", () => {
    const checked = checkProgram(readProgram(path.join(into, "program.coppice")));
    expect(checked.render(false)).toBe("");
    expect(checked.plan?.plugins[`my_${template}`]?.name).toBe(`my_${template}`);
  });

  it("names no other plugin and leaves no placeholder", () => {
    for (const file of readdirSync(into).filter((name) => !name.startsWith(".")))
      expect(readFileSync(path.join(into, file), "utf8")).not.toMatch(/\bsample\b/);
  });
});

describe("newPlugin", () => {
  it.each(["My-Cloud", "", "1st", "a/b", "../up"])("refuses the name %j", (name) => {
    expect(() => newPlugin({ name, into: path.join(folder, "bad"), template: "driver" })).toThrow(
      /no name for a plugin/,
    );
  });

  it("leaves a folder alone that holds something", () => {
    const into = path.join(folder, "driver");
    expect(() => newPlugin({ name: "other", into, template: "policy" })).toThrow(/is not empty/);
    expect(readFileSync(path.join(into, "plugin.json"), "utf8")).toContain("my_driver");
  });
});
