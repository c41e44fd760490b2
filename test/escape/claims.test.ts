import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { root } from "../support/run-coppice.ts";

const page = readFileSync(join(root, "docs/security.md"), "utf8");
const promises = (/\n## What holds[^\n]*\n([\s\S]*?)\n## /.exec(page)?.[1] ?? "")
  .split("\n")
  .filter((line) => line.startsWith("| ") && !/^\| (promise|---) ?/.test(line))
  .map((line) => line.split(" | "));

it("are many", () => expect(promises.length).toBeGreaterThan(15));

it.each(promises)("%s", (_promise, shownBy = "") => {
  const references = [...shownBy.matchAll(/`([^`]+)` "([^"]*)"/g)];
  expect(references.length, "tests that show it").toBeGreaterThan(0);
  for (const [, file = "", name = ""] of references) {
    expect(existsSync(join(root, file)), `docs/security.md names ${file}`).toBe(true);
    expect(readFileSync(join(root, file), "utf8"), `docs/security.md names "${name}" of ${file}`).toContain(
      name,
    );
  }
});
