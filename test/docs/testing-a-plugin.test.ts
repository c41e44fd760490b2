import { expect, it } from "vitest";
import { functionChecks } from "../../engine/conformance/checks/functions.ts";
import { pluginChecks } from "../../engine/conformance/checks/plugin.ts";
import { parseConformanceFile } from "../../engine/conformance/conformance-file.ts";
import { kindChecks } from "../../engine/conformance/kind-checks.ts";
import { profileChecks } from "../../engine/conformance/profile-checks.ts";
import { readPermission } from "../../engine/host/read-permission.ts";
import { readPage } from "./pages.ts";

const page = readPage("docs/testing-a-plugin.md");
const checks = [profileChecks, functionChecks, pluginChecks, ...Object.values(kindChecks)]
  .flat()
  .map(({ name }) => name);

it("its conformance.json is one", () => {
  const [block] = page.blocks.filter(({ language }) => language === "json");
  const file = parseConformanceFile(block?.text ?? "", "docs/testing-a-plugin.md");
  expect(file.allow?.map(readPermission)).toEqual([{ capability: "http", target: "127.0.0.1:8080" }]);
  expect(checks).toEqual(expect.arrayContaining(Object.keys(file.profiles?.["box"]?.skip ?? {})));
});

it("names every check, and no other", () => {
  const rows = [...page.prose.matchAll(/^\| (`[^|]+`) \|/gm)].flatMap(([, cell = ""]) =>
    [...cell.matchAll(/`([^`]+)`/g)].map(([, name = ""]) => name),
  );
  const names = rows.map((row) => new RegExp(`^${row.replace("…", ".+")}$`));
  expect(checks.filter((check) => !names.some((name) => name.test(check)))).toEqual([]);
  expect(rows.filter((_, i) => !checks.some((check) => names[i]?.test(check)))).toEqual([]);
});

it("every check has a name of its own, and builds on checks that are there", () => {
  for (const list of [profileChecks, functionChecks, ...Object.values(kindChecks)]) {
    const names = list.map(({ name }) => name);
    expect(new Set(names).size).toBe(names.length);
    for (const [i, { after = [] }] of list.entries())
      for (const before of after) expect(names.indexOf(before), before).toBeLessThan(i);
  }
});
