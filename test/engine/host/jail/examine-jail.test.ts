import { accessSync, constants } from "node:fs";
import { describe, expect, it } from "vitest";
import { bubblewrapJail } from "../../../../engine/host/jail/bubblewrap.ts";
import { examineJail, type WallTried } from "../../../../engine/host/jail/examine-jail.ts";
import { chooseJail } from "../../../../engine/host/jail/find-jail.ts";
import { type Jail, noJail } from "../../../../engine/host/jail/jail.ts";

const namespaces = await chooseJail("namespaces");
const bubblewrap = installed("/usr/bin/bwrap");
const walls = async (jail: Jail): Promise<Partial<Record<WallTried["wall"], boolean>>> =>
  Object.fromEntries((await examineJail(jail)).map(({ wall, holds }) => [wall, holds]));
const all = {
  files: true,
  network: true,
  processes: true,
  inheritance: true,
  "no-new-privs": true,
  "system calls": true,
};

function installed(file: string): Jail {
  try {
    accessSync(file, constants.X_OK);
    return bubblewrapJail(file);
  } catch {
    return noJail("bubblewrap is not installed");
  }
}

describe("a probe that wants to get out", () => {
  it.skipIf(namespaces.name === "none")(
    `is held by namespaces${because(namespaces)}`,
    async () => expect(await walls(namespaces)).toEqual(all),
    20_000,
  );

  it.skipIf(bubblewrap.name === "none")(
    `is held by bubblewrap${because(bubblewrap)}`,
    async () => expect(await walls(bubblewrap)).toEqual(all),
    20_000,
  );

  it("gets out where there is no jail, but not past its own seal", async () => {
    expect(await walls(noJail("for a test"))).toEqual({
      files: false,
      network: false,
      processes: false,
      inheritance: true,
      "no-new-privs": true,
      "system calls": true,
    });
  }, 20_000);
});

describe("chooseJail", () => {
  it("says why there is none", async () => {
    expect(await chooseJail("none")).toMatchObject({ name: "none", why: "the option jail says none" });
  });
});

function because(jail: Jail): string {
  return jail.why === undefined ? "" : ` (skipped: ${jail.why})`;
}
