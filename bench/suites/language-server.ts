import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Editor, type OpenFile } from "../../test/engine/language-server/editor.ts";
import { generateProgram } from "../generate-program.ts";
import { rounded } from "../statistics.ts";
import type { Row, Suite } from "../suite.ts";

const root = join(import.meta.dirname, "../..");
const rounds = { warmUp: 10, measured: 60 } as const;

/** How long someone who types waits: a real server over stdio, asked one thing after the other. */
export const languageServerSuite: Suite = {
  name: "language-server",
  title: "The language server, as an editor asks it",
  async run() {
    const rows: Row[] = [];
    for (const lines of [100, 1_000, 5_000]) rows.push(...(await measure(lines)));
    return rows;
  },
};

async function measure(lines: number): Promise<Row[]> {
  const folder = mkdtempSync(join(tmpdir(), "coppice-bench-"));
  const editor = new Editor(folder);
  try {
    const text = generateProgram(lines).replace("../plugins/fake", join(root, "plugins/fake"));
    const begun = performance.now();
    const file = await editor.open("generated.coppice", text);
    const found = await editor.diagnostics(file);
    const first = performance.now() - begun;
    if (found.some(({ severity }) => severity === 1)) throw new Error(JSON.stringify(found[0]));
    const at = text.lastIndexOf("shop0.nodes.filter");
    const typing = await times(() => typeOnce(editor, file, at));
    const hover = await times(() => editor.at("hover", file, file.text.indexOf("cluster.nodes batch")));
    const completion = await times(() => editor.at("completion", file, file.text.indexOf("shop0.nodes") + 6));
    const tokens = await times(() => editor.ask("semanticTokens/full", file));
    const row = (what: string, measured: readonly number[], target?: number): Row => ({
      case: `${lines} lines: ${what}`,
      figures: { p50_ms: rounded(percentile(measured, 50)), p99_ms: rounded(percentile(measured, 99)) },
      ...(target === undefined
        ? {}
        : { target: { text: `p99 under ${target} ms`, met: percentile(measured, 99) < target } }),
    });
    const target = lines === 1_000 ? 100 : undefined;
    return [
      row("start, open, first diagnostics", [first]),
      row("a change, until its diagnostics", typing, target),
      row("completion", completion, target),
      row("hover", hover),
      row("semantic tokens", tokens),
    ];
  } finally {
    await editor.quit();
    rmSync(folder, { recursive: true });
  }
}

/** A letter, which makes a mistake, and its removal in the next round: every answer is of the newest text. */
async function typeOnce(editor: Editor, file: OpenFile, at: number): Promise<void> {
  const wrong = file.text.startsWith("x", at);
  const place = editor.position(file, at);
  const end = wrong ? editor.position(file, at + 1) : place;
  await editor.change(file, { start: place, end }, wrong ? "" : "x");
  const found = await editor.diagnostics(file);
  const errors = found.filter(({ severity }) => severity === 1).length;
  if (errors > 0 === wrong) throw new Error(`round with ${errors} errors, letter removed: ${wrong}`);
}

async function times(work: () => Promise<unknown>): Promise<number[]> {
  const measured: number[] = [];
  for (let round = 0; round < rounds.warmUp + rounds.measured; round += 1) {
    const begun = performance.now();
    await work();
    if (round >= rounds.warmUp) measured.push(performance.now() - begun);
  }
  return measured;
}

function percentile(values: readonly number[], percent: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor((sorted.length * percent) / 100))] ?? 0;
}
