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
    plugin = await pluginOf(functions);
    fixture = hostFixture([plugin], { engine });
  });
  afterAll(() => fixture.host.close());

  it.each(Object.keys(programs))("%s", async (name) => {
    const here = JSON.parse(JSON.stringify(await programs[name]?.()));
    expect(await fixture.invoke(plugin, name)).toEqual(here);
  });
});
