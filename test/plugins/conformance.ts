import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type ConformanceFile, readConformanceFile } from "../../engine/conformance/conformance-file.ts";
import { openConformance } from "../../engine/conformance/run-conformance.ts";
import { subjectOf } from "../../engine/conformance/subject-of.ts";
import { loadPlugin } from "../../engine/host/load-plugin.ts";

/** A bundled plugin under test: `conformance.json` of its folder, and what only this test knows (a socket, say). */
export interface ConformanceCase {
  readonly name: string;
  /** Its folder. */
  readonly plugin: string;
  readonly given?: ConformanceFile;
  /** What the outside must have before. */
  readonly before?: () => Promise<unknown>;
  /** Checks that may be skipped; any other one that is skipped counts as missing. */
  readonly skips: readonly string[];
}

/** The checks of `coppice plugin test`, one test each. */
export async function conformance(c: ConformanceCase): Promise<void> {
  const subject = subjectOf(await loadPlugin(c.plugin), readConformanceFile(c.plugin), c.given ?? {});
  const { checks, close } = openConformance(subject);
  describe(`${c.name} conforms to contract 1`, () => {
    beforeAll(() => c.before?.());
    afterAll(close);
    const skipped: string[] = [];
    it.each(checks)("$about: $name: it $title", async (check) => {
      const { outcome, message, help } = await check.run();
      if (outcome === "skipped") skipped.push(check.name);
      else expect({ outcome, message, help }).toEqual({ outcome: "passed" });
    });
    it("leaves out only what doesn't apply to it", () => {
      expect([...new Set(skipped)].sort()).toEqual([...c.skips].sort());
    });
  });
}
