import { type CodeAction, CodeActionKind, type Range, type TextEdit } from "vscode-languageserver";
import { applyFixes } from "../../grammar/diagnostics/apply-fixes.ts";
import type { Diagnostic, Fix } from "../../grammar/diagnostics/diagnostic.ts";
import type { Analysis } from "./analysis.ts";
import type { ShownFile } from "./diagnostics.ts";
import { showDiagnostic } from "./diagnostics.ts";

/** What can be mended in this range at a click, and everything at once. `only` are the kinds that the editor asks for. */
export function codeActions(
  analysis: Analysis,
  uri: string,
  range: Range,
  only: readonly string[] | undefined,
): CodeAction[] {
  const wants = (kind: string) =>
    only === undefined || only.some((each) => kind === each || kind.startsWith(`${each}.`));
  const own = analysis.diagnostics.filter(({ file, fixes }) => (file ?? 0) === 0 && (fixes ?? []).length > 0);
  const actions: CodeAction[] = [];
  if (wants(CodeActionKind.QuickFix)) {
    const start = analysis.places.offset(range.start);
    const end = analysis.places.offset(range.end);
    const here = own.filter(({ span }) => span.start <= end && start <= Math.max(span.end, span.start));
    for (const diagnostic of here) actions.push(...quickFixes(analysis, uri, diagnostic));
  }
  if (wants(fixAll) && own.length > 0) {
    const { text, applied } = applyFixes(analysis.text, own);
    if (applied.length > 0) {
      const whole = analysis.places.range({ start: 0, end: analysis.text.length });
      actions.push({
        title:
          applied.length === 1 ? "Mend what can be mended" : `Mend all ${applied.length} that can be mended`,
        kind: fixAll,
        edit: { changes: { [uri]: [{ range: whole, newText: text }] } },
      });
    }
  }
  return actions;
}

const fixAll = `${CodeActionKind.SourceFixAll}.coppice`;

/** One for each way to mend it; the first is what `coppice fix` does. */
function quickFixes(analysis: Analysis, uri: string, diagnostic: Diagnostic): CodeAction[] {
  const file: ShownFile = { uri, places: analysis.places };
  const shown = showDiagnostic(diagnostic, (index) => (index === 0 ? file : undefined));
  return (diagnostic.fixes ?? []).map((fix, index) => ({
    title: fix.title,
    kind: CodeActionKind.QuickFix,
    diagnostics: [shown],
    isPreferred: index === 0,
    edit: { changes: { [uri]: edits(analysis, fix) } },
  }));
}

function edits({ places }: Analysis, fix: Fix): TextEdit[] {
  return fix.edits.map(({ span, text }) => ({ range: places.range(span), newText: text }));
}
