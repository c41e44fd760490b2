import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { configOf } from "../../../engine/config/config-of.ts";
import { findPluginPath, lockedFrom } from "../../../engine/plugins/find-plugin-path.ts";
import { compareVersions, fitsVersion } from "../../../engine/plugins/plugin-versions.ts";
import { readWatchedPlugins } from "../../../engine/plugins/watched-plugins.ts";
import { temporaryFolder } from "../../support/temporary-folder.ts";

function plugin(folder: string, version = "1.0.0", name = "lamps"): string {
  mkdirSync(folder, { recursive: true });
  const manifest = {
    name,
    version,
    contract: 1,
    tier: "sandboxed",
    entry: "./index.js",
    description: "",
    functions: { ping: {} },
  };
  writeFileSync(join(folder, "plugin.json"), JSON.stringify(manifest));
  writeFileSync(join(folder, "index.js"), "export default { contract: 1 };");
  return folder;
}

describe("findPluginPath", () => {
  it("takes a path as a path, there or not", () => {
    const folder = temporaryFolder();
    expect(findPluginPath("./lamps", folder, configOf({}))).toBe(join(folder, "lamps"));
    expect(findPluginPath("../lamps.tgz", folder, configOf({}))).toBe(join(folder, "../lamps.tgz"));
    expect(findPluginPath("plugins/lamps", folder, configOf({}))).toBe(join(folder, "plugins/lamps"));
    expect(findPluginPath("/opt/lamps", folder, configOf({}))).toBe("/opt/lamps");
  });

  it("looks a bare name up beside the program, then in the watched folders, then among npm packages", () => {
    const [folder, one, two] = [temporaryFolder(), temporaryFolder(), temporaryFolder()];
    const env = { COPPICE_PLUGIN_PATH: `${one}:${two}` };
    const installed = plugin(join(folder, "node_modules/lamps"));
    const inner = join(folder, "programs/shop");
    mkdirSync(inner, { recursive: true });
    expect(findPluginPath("lamps", inner, configOf(env))).toBe(installed);
    const watched = plugin(join(two, "anything"));
    expect(findPluginPath("lamps", inner, configOf(env))).toBe(watched);
    const beside = plugin(join(inner, "lamps"));
    expect(findPluginPath("lamps", inner, configOf(env))).toBe(beside);
    const scoped = plugin(join(folder, "node_modules/@acme/lamps"));
    expect(findPluginPath("@acme/lamps", inner, configOf(env))).toBe(scoped);
    expect(() => findPluginPath("doors", inner, configOf(env))).toThrow(
      /no plugin "doors": not at .*, nor in .*node_modules/,
    );
  });

  it("takes the newest of several versions, or the one that is asked for", () => {
    const [folder, watched] = [temporaryFolder(), temporaryFolder()];
    const env = { COPPICE_PLUGIN_PATH: watched };
    const [old, rc, middle] = ["1.9.0", "1.10.0-rc.1", "1.10.0"].map((v) =>
      plugin(join(watched, `lamps-${v}`), v),
    );
    expect(findPluginPath("lamps", folder, configOf(env))).toBe(middle);
    expect(findPluginPath("lamps@1.9", folder, configOf(env))).toBe(old);
    expect(findPluginPath("lamps@1.10.0-rc.1", folder, configOf(env))).toBe(rc);
    expect(() => findPluginPath("lamps@2", folder, configOf(env))).toThrow('no plugin "lamps@2"');
  });

  it("says what can't be read in a watched folder, and reads the rest", () => {
    const watched = temporaryFolder();
    plugin(join(watched, "fine"));
    mkdirSync(join(watched, "empty"));
    writeFileSync(join(watched, "broken.tgz"), "x");
    writeFileSync(join(watched, "notes.txt"), "x");
    const found = readWatchedPlugins([watched, join(watched, "nowhere")]);
    expect(found.plugins.map(({ name }) => name)).toEqual(["lamps"]);
    expect(found.broken.map(({ path }) => path.slice(watched.length + 1))).toEqual([
      "broken.tgz",
      "empty",
      "nowhere",
    ]);
  });
});

it("names a plugin in a lock as programs beside it would", () => {
  const folder = temporaryFolder();
  expect(lockedFrom("./lamps", join(folder, "lamps"), folder)).toBe("./lamps");
  expect(lockedFrom("lib/../lamps", join(folder, "lamps"), folder)).toBe("./lamps");
  expect(lockedFrom("../lamps", join(folder, "../lamps"), folder)).toBe("../lamps");
  expect(lockedFrom("lamps", "/opt/plugins/lamps-1", folder)).toBe("lamps");
  expect(lockedFrom("@acme/lamps", join(folder, "node_modules/@acme/lamps"), folder)).toBe("@acme/lamps");
});

it("orders versions as semantic versioning does", () => {
  const ordered = [
    "0.9.9",
    "1.0.0-alpha",
    "1.0.0-alpha.1",
    "1.0.0-alpha.beta",
    "1.0.0-rc.2",
    "1.0.0-rc.11",
    "1.0.0",
    "1.2.0",
    "1.10.0",
  ];
  expect([...ordered].reverse().sort(compareVersions)).toEqual(ordered);
  expect([fitsVersion("1.2.3", "1"), fitsVersion("1.2.3", "1.2.3"), fitsVersion("10.2.3", "1")]).toEqual([
    true,
    true,
    false,
  ]);
});
