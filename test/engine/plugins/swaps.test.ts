import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import type { PluginError } from "../../../engine/host/plugin-error.ts";
import { readPackage } from "../../../engine/plugins/read-package.ts";
import { temporaryFolder } from "../../support/temporary-folder.ts";

/** Exchanges a folder, and a file, of a plugin for links that lead out, and back, as fast as it can. */
const swapper = `
const { renameSync, symlinkSync } = require("node:fs");
const [plugin, outside] = process.argv.slice(1);
symlinkSync(outside, plugin + "/../folder-link");
symlinkSync(outside + "/secret.ts", plugin + "/../file-link");
process.stdout.write("ready");
for (;;) {
  for (const [name, link] of [["lib", "folder-link"], ["one.ts", "file-link"]]) {
    renameSync(plugin + "/" + name, plugin + "/../kept");
    renameSync(plugin + "/../" + link, plugin + "/" + name);
    renameSync(plugin + "/" + name, plugin + "/../" + link);
    renameSync(plugin + "/../kept", plugin + "/" + name);
  }
}`;

it("never reads what lies outside, though folders and files become links while it reads", async () => {
  const root = temporaryFolder();
  const [plugin, outside] = [join(root, "plugin"), join(root, "outside")];
  mkdirSync(join(plugin, "lib"), { recursive: true });
  mkdirSync(outside);
  for (const file of [join(plugin, "one.ts"), join(plugin, "lib/secret.ts")]) writeFileSync(file, "mine");
  writeFileSync(join(outside, "secret.ts"), "canary");
  const child: ChildProcess = spawn(process.execPath, ["-e", swapper, plugin, outside]);
  try {
    await once(child.stdout as NodeJS.ReadableStream, "data");
    let [read, torn] = [0, 0];
    const enough = () => read > 50 && torn > 20 && torn + read > 200;
    for (const until = Date.now() + 45_000; !enough() && Date.now() < until; ) {
      const files = readOrFail(plugin);
      if (files === null) torn += 1;
      else read += 1;
      for (const [path, bytes] of files ?? []) expect(Buffer.from(bytes).toString(), path).toBe("mine");
    }
    expect({ enough: enough(), read, torn }).toMatchObject({ enough: true });
  } finally {
    child.kill("SIGKILL");
    await once(child, "close");
  }
});

/** A file that is gone in between is an error of the plugin, with a help; nothing else may come of it. */
function readOrFail(plugin: string): ReadonlyMap<string, Uint8Array> | null {
  try {
    return readPackage(plugin).files;
  } catch (error) {
    expect((error as PluginError).code).toBe("bad-plugin");
    return null;
  }
}
