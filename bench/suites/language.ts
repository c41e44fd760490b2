import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { loadLibrary } from "../../engine/actions/load-library.ts";
import { readManifest } from "../../engine/host/read-manifest.ts";
import { compileProgram } from "../../grammar/compile.ts";
import { generateProgram } from "../generate-program.ts";
import { median, rounded } from "../statistics.ts";
import type { Row, Suite } from "../suite.ts";

const root = join(import.meta.dirname, "../..");

/** Parse, check and compile, in a warm process; and `coppice check` as a person waits for it. */
export const languageSuite: Suite = {
  name: "language",
  title: "Parse, check and compile a program",
  async run() {
    return [...[1_000, 10_000].map(warm), ...[1_000, 10_000].map(cold)];
  },
};

function warm(lines: number): Row {
  const text = generateProgram(lines);
  const fake = readManifest(join(root, "plugins/fake"));
  const times: number[] = [];
  for (let round = 0; round < 25; round += 1) {
    const begun = performance.now();
    const { plan, diagnostics } = compileProgram({
      path: "generated.coppice",
      text,
      library: loadLibrary(),
      plugins: () => fake,
    });
    if (plan === null) throw new Error(JSON.stringify(diagnostics[0]));
    if (round >= 5) times.push(performance.now() - begun);
  }
  const time = median(times);
  return {
    case: `${lines} lines, warm`,
    figures: { median_ms: rounded(time), slowest_ms: rounded(Math.max(...times)) },
    ...(lines === 10_000 ? { target: { text: "under 300 ms", met: time < 300 } } : {}),
  };
}

function cold(lines: number): Row {
  const folder = mkdtempSync(join(tmpdir(), "coppice-bench-"));
  try {
    const text = generateProgram(lines).replace("../plugins/fake", join(root, "plugins/fake"));
    writeFileSync(join(folder, "generated.coppice"), text);
    const times: number[] = [];
    for (let round = 0; round < 11; round += 1) {
      const begun = performance.now();
      execFileSync(join(root, "coppice"), ["check", "generated.coppice"], { cwd: folder, stdio: "pipe" });
      if (round > 0) times.push(performance.now() - begun);
    }
    const time = median(times);
    return {
      case: `${lines} lines, coppice check`,
      figures: { median_ms: rounded(time), slowest_ms: rounded(Math.max(...times)) },
      ...(lines === 1_000
        ? { target: { text: "under 300 ms, process start included", met: time < 300 } }
        : {}),
    };
  } finally {
    rmSync(folder, { recursive: true });
  }
}
