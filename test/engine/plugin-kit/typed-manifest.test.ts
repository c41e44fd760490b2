import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, expect, it } from "vitest";
import { loadPlugin } from "../../../engine/host/load-plugin.ts";
import { newPlugin } from "../../../engine/plugin-kit/new-plugin.ts";
import { root } from "../../support/run-coppice.ts";

const folder = mkdtempSync(path.join(tmpdir(), "coppice-typed-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const into = path.join(folder, "my_driver");
const entry = path.join(into, "index.ts");
const typeErrors = () => {
  const tsc = path.join(root, "node_modules/typescript/bin/tsc");
  return spawnSync(process.execPath, [tsc, "-p", into], { encoding: "utf8" }).stdout;
};

it("a driver takes its types from its manifest, and the loader needs nothing of that", async () => {
  newPlugin({ name: "my_driver", into, template: "driver" });
  const typed = readFileSync(entry, "utf8");
  expect(typeErrors()).toBe("");
  writeFileSync(entry, typed.replace("return content;", "return content.length;"));
  expect(typeErrors()).toContain("Type 'number' is not assignable to type 'string'");
  writeFileSync(entry, typed);
  rmSync(path.join(into, ".coppice"), { recursive: true });
  expect((await loadPlugin(into)).manifest.name).toBe("my_driver");
});
