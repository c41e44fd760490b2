import { mkdtempSync, rmSync } from "node:fs";
import { createServer, type Server } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { LoadedPlugin } from "../../../../engine/host/load-plugin.ts";
import type { HostFailure } from "../../../../engine/host/plugin-host.ts";
import { type HostFixture, hostFixture, pluginOf } from "../host-fixture.ts";

describe("host.socket", () => {
  const folder = mkdtempSync(join(tmpdir(), "coppice-socket-"));
  const path = join(folder, "engine.sock");
  let plugin: LoadedPlugin;
  let fixture: HostFixture;
  let server: Server;
  beforeAll(async () => {
    const ask =
      "async (host, call) => host.socket(call.arguments.value.path, { method: 'GET', url: call.arguments.value.url })";
    plugin = await pluginOf({ ask }, { manifest: { needs: [{ capability: "socket", why: "test" }] } });
    fixture = hostFixture([plugin]);
    server = createServer((request, response) => void response.end(`you asked for ${request.url}`));
    await new Promise<void>((resolve) => server.listen(path, resolve));
  });
  afterAll(async () => {
    await fixture.host.close();
    server.close();
    rmSync(folder, { recursive: true });
  });
  const ask = (value: { path: string; url: string }, targets: readonly string[] = [path]) =>
    fixture.invoke(
      plugin,
      "ask",
      { value },
      { grants: targets.map((target) => ({ capability: "socket", target })) },
    );

  it("speaks HTTP over a granted socket", async () => {
    expect(await ask({ path, url: "/things?a=1" })).toMatchObject({
      status: 200,
      text: "you asked for /things?a=1",
    });
  });

  it("refuses every other socket, whatever it is called", async () => {
    for (const [asked, targets] of [
      [path, []],
      [path, [`${path}x`]],
      [`${folder}/../${folder.split("/").at(-1)}/engine.sock`, [path]],
    ] as const) {
      const error = await ask({ path: asked, url: "/" }, targets).catch((e: HostFailure) => e);
      expect(error).toMatchObject({ code: "not-granted", help: expect.stringContaining("allow socket") });
    }
  });

  it("refuses addresses that aren't paths, and says that an absent socket may come back", async () => {
    for (const url of ["http://other/", "things", "/a b", "/a\r\nX: 1"])
      expect(await ask({ path, url }).catch((e: HostFailure) => e)).toMatchObject({ code: "bad-request" });
    const absent = join(folder, "absent.sock");
    expect(await ask({ path: absent, url: "/" }, [absent]).catch((e: HostFailure) => e)).toMatchObject({
      code: "http-failed",
      retryable: true,
    });
  });
});
