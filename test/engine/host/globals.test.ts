import { readFileSync } from "node:fs";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { EngineName } from "../../../engine/host/guest/room.ts";
import type { LoadedPlugin } from "../../../engine/host/load-plugin.ts";
import { bodies } from "./globals/bodies.ts";
import { clones } from "./globals/clones.ts";
import { encodings } from "./globals/encodings.ts";
import { events } from "./globals/events.ts";
import { hashes } from "./globals/hashes.ts";
import { streams } from "./globals/streams.ts";
import { urls } from "./globals/urls.ts";
import { type HostFixture, hostFixture, pluginOf } from "./host-fixture.ts";

/** Each runs in a guest and here, on Node's own globals; both must say the same. */
const programs: Readonly<Record<string, () => unknown>> = {
  ...bodies,
  ...clones,
  ...encodings,
  ...events,
  ...hashes,
  ...streams,
  ...urls,
};
const engines: readonly EngineName[] = ["isolated-vm", "quickjs"];

describe.each(engines)("globals under %s say what Node's say", (engine) => {
  let plugin: LoadedPlugin;
  let fixture: HostFixture;
  beforeAll(async () => {
    const functions = Object.fromEntries(
      Object.entries(programs).map(([name, f]) => [name, `async () => (${f.toString()})()`]),
    );
    plugin = await pluginOf({ ...functions, surface: `async () => (${surface.toString()})()` });
    fixture = hostFixture([plugin], { engine });
  });
  afterAll(() => fixture.host.close());

  it.each(Object.keys(programs))("%s", async (name) => {
    const here = JSON.parse(JSON.stringify(await programs[name]?.()));
    expect(await fixture.invoke(plugin, name)).toEqual(here);
  });

  it("have no members that the web's don't have", async () => {
    const inside = (await fixture.invoke(plugin, "surface")) as Record<string, string[]>;
    const here = surface();
    const names = Object.keys(inside).filter((name) => here[name] !== undefined);
    expect(names).toEqual(
      expect.arrayContaining(["AbortSignal", "Blob", "CryptoKey", "Request", "Response", "URL"]),
    );
    const extra = names.flatMap((name) =>
      (inside[name] ?? []).filter((key) => !here[name]?.includes(key)).map((key) => `${name}.${key}`),
    );
    expect(extra.filter((member) => !language.test(member) && !own.has(member))).toEqual([]);
  });
});

it("docs/plugins.md names the globals", async () => {
  const page = readFileSync(new URL("../../../docs/plugins.md", import.meta.url), "utf8");
  const plugin = await pluginOf({ names: "async () => Object.getOwnPropertyNames(globalThis)" });
  const { host, invoke } = hostFixture([plugin]);
  const inside = (await invoke(plugin, "names")) as string[];
  await host.close();
  const table = page.slice(page.indexOf("| globals | |"), page.indexOf("There is no Node, no file"));
  const named = [...table.matchAll(/`([A-Za-z]+)(?:\.now)?`/g)].map(([, name]) => String(name));
  const members = new Set(["randomUUID", "getRandomValues", "subtle"]);
  expect(named.length).toBeGreaterThan(25);
  expect(named.filter((name) => !inside.includes(name) && !members.has(name))).toEqual([]);
});

/** Each class of the web's with its static members and those of its objects. */
function surface(): Record<string, string[]> {
  const found: Record<string, string[]> = {};
  for (const name of Object.getOwnPropertyNames(globalThis)) {
    const value = (globalThis as Record<string, unknown>)[name];
    if (typeof value !== "function" || !/^[A-Z]/.test(name)) continue;
    const keys = [value as object, value.prototype as object | undefined].flatMap((holder) =>
      holder === undefined ? [] : Object.getOwnPropertyNames(holder),
    );
    found[name] = keys;
  }
  return found;
}

/** What differs between engines, and not by our doing. */
const language =
  /^(Array|Object|String|Number|Math|Promise|RegExp|Error|Symbol|Map|Set|Iterator|\w*Array|ArrayBuffer|Date|Function|BigInt|JSON|DataView|Atomics|\w*Error|Weak\w+|FinalizationRegistry|Proxy|Reflect|AsyncDisposableStack|DisposableStack|Boolean|InternalError|Aggregate\w+)\./;
/** The polyfill has this one from an earlier specification. */
const own = new Set(["WritableStreamDefaultController.abortReason"]);
