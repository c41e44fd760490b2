import { readdirSync, readFileSync } from "node:fs";
import { expect, it } from "vitest";
import { isolatePrelude, preludePackages } from "../../../engine/host/isolate-prelude.ts";

const folder = new URL("../../../engine/host/guest/isolate/", import.meta.url);

it("counts exactly the packages that its sources import", () => {
  const imported = readdirSync(folder)
    .filter((file) => file.endsWith(".ts"))
    .flatMap((file) => [...readFileSync(new URL(file, folder), "utf8").matchAll(/ from "([^"]+)"/g)])
    .map(([, name]) => String(name))
    .filter((name) => !name.startsWith("."))
    .map((name) =>
      name
        .split("/")
        .slice(0, name.startsWith("@") ? 2 : 1)
        .join("/"),
    );
  expect([...new Set(imported)].sort()).toEqual([...preludePackages].sort());
});

it("is one module without imports, the same each time, with no path of this machine", () => {
  const text = isolatePrelude();
  expect(text).toBe(isolatePrelude());
  expect(text).not.toMatch(/^\s*import\s/m);
  expect(text).toMatch(/export\s*\{[^}]*\bconnect\b[^}]*\bdispatch\b[^}]*\binstall\b/);
  expect(text).not.toContain(new URL("../../..", import.meta.url).pathname);
  expect(text.length).toBeLessThan(160 * 1024); // each guest reads it when it starts
});
