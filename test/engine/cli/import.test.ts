import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { root, runCoppice } from "../../support/run-coppice.ts";
import { temporaryFolder } from "../../support/temporary-folder.ts";

const spec =
  "type: container.dockerinc.docker\nversion: 1.0\nproperties:\n  image: peer/busybox:1\n  name: x\n";

describe("coppice import senlin", () => {
  it("writes a program that checks against the plugin that is there", async () => {
    const folder = temporaryFolder();
    const file = join(folder, "box.yaml");
    writeFileSync(file, spec);
    const to = join(folder, "box.coppice");
    const ran = await runCoppice([
      "import",
      "senlin",
      file,
      "-o",
      to,
      "--plugins",
      join(root, "plugins"),
      "--cluster",
      "boxes",
    ]);
    expect(ran.code, ran.stderr).toBe(0);
    expect(ran.stderr).toContain("box.yaml:5: not carried over: name: a container is named after its node");
    expect(ran.stderr).not.toContain("not complete");
    expect(readFileSync(to, "utf8")).toContain("cluster boxes {\n  profile: box\n  size: 1\n}");
    expect((await runCoppice(["check", to])).code).toBe(0);
  });

  it("doesn't write over a file, and says how", async () => {
    const folder = temporaryFolder();
    const file = join(folder, "box.yaml");
    writeFileSync(file, spec);
    const ran = await runCoppice(["import", "senlin", file, "-o", file]);
    expect(ran.code).toBe(1);
    expect(ran.stderr).toContain("--force");
    expect(readFileSync(file, "utf8")).toBe(spec);
  });

  it("writes nothing where one file is no spec", async () => {
    const folder = temporaryFolder();
    const file = join(folder, "other.yaml");
    writeFileSync(file, "kind: Deployment\n");
    const ran = await runCoppice(["import", "senlin", file]);
    expect(ran.code).toBe(3);
    expect(ran.stdout).toBe("");
    expect(ran.stderr).toContain("other.yaml:1: error: this is no spec of Senlin's: it has no type");
  });

  it("gives the report as JSON", async () => {
    const folder = temporaryFolder();
    const file = join(folder, "box.yaml");
    writeFileSync(file, spec);
    const ran = await runCoppice(["import", "senlin", file, "--json"]);
    const { report } = JSON.parse(ran.stdout) as { report: { line: number; property: string }[] };
    expect(report).toEqual([expect.objectContaining({ line: 5, property: "name", kind: "dropped" })]);
  });
});
