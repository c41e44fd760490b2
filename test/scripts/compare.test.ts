import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { ownCheckers } from "../../scripts/compare/checkers.ts";
import { mistakes, type SystemName, systems, withMistake } from "../../scripts/compare/mistakes.ts";
import { linesOfCode } from "../../scripts/compare/said-page.ts";

const docs = new URL("../../docs/", import.meta.url);
const names = Object.keys(systems) as SystemName[];
const page = readFileSync(new URL("compare.md", docs), "utf8");
const said = readFileSync(new URL("compare/said.md", docs), "utf8");
const text = (name: SystemName) => readFileSync(new URL(`compare/${systems[name].file}`, docs), "utf8");

describe("docs/compare.md", () => {
  it.each(names)("counts the lines of %s right", (name) => {
    const { file } = systems[name];
    expect(page).toMatch(
      new RegExp(`\\(compare/${file.replaceAll(".", "\\.")}\\) \\| ${linesOfCode(text(name))} \\|`),
    );
  });

  it.each(["coppice", "temporal"] as const)("quotes what %s says today", { timeout: 120_000 }, (name) => {
    expect(ownCheckers[name](text(name))).toBe("");
    for (const { made } of mistakes) {
      const replacement = made[name];
      if (replacement === null) continue;
      const answer = ownCheckers[name](withMistake(text(name), replacement));
      expect(answer).not.toBe("");
      expect(said).toContain(answer);
    }
  });

  it("makes each mistake in each of the texts", () => {
    for (const { made } of mistakes) {
      for (const name of names) {
        const replacement = made[name];
        if (replacement !== null) expect(withMistake(text(name), replacement)).not.toBe(text(name));
      }
    }
  });
});
