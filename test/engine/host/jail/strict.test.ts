import { spawnSync } from "node:child_process";
import { expect, it } from "vitest";
import { configOf } from "../../../../engine/config/config-of.ts";
import { noJail } from "../../../../engine/host/jail/jail.ts";
import { missingWalls, wallsAreRequired } from "../../../../engine/host/jail/strict.ts";

const script = `
  import { loadPlugin } from ${JSON.stringify(import.meta.resolve("../../../../engine/host/load-plugin.ts"))};
  await loadPlugin("plugins/fake").then(() => console.log("ran"), (error) => console.log(error.message));`;
const load = (env: Record<string, string>) =>
  spawnSync(process.execPath, ["--input-type=module-typescript", "--eval", script], {
    env: { ...process.env, ...env },
    encoding: "utf8",
    timeout: 30_000,
  }).stdout.trim();

it("refuses to run a plugin where a wall is missing, and only then", () => {
  expect(load({ COPPICE_STRICT: "1", COPPICE_JAIL: "none" })).toBe(
    "plugins/fake can't be run: has no namespaces (the option jail says none)",
  );
  expect(load({ COPPICE_STRICT: "0", COPPICE_JAIL: "none" })).toBe("ran");
}, 60_000);

it("knows each of the operating system's walls", () => {
  const sealed = { noNewPrivileges: true, systemCalls: true };
  expect(missingWalls({ ...noJail(""), name: "namespaces" }, sealed)).toEqual([]);
  const open = { noNewPrivileges: false, systemCalls: false, why: "this is a test" };
  expect(missingWalls(noJail("there is no tool"), open)).toEqual([
    "namespaces (there is no tool)",
    "no-new-privs (this is a test)",
    "filter of system calls (this is a test)",
  ]);
});

it("is asked for by a variable", () => {
  expect([wallsAreRequired(configOf({})), wallsAreRequired(configOf({ COPPICE_STRICT: "1" }))]).toEqual([
    false,
    true,
  ]);
});
