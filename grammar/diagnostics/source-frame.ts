import type { PlanFile } from "../plan.ts";
import type { Position } from "../spans.ts";

/**
 * A run-time failure as an operator reads it: the message, the place, the source line with carets, the help.
 * The layout is that of a compiler's diagnostic (`render-diagnostic.ts`), made from a plan's lines alone.
 */
export function renderFailure(
  files: readonly PlanFile[],
  failure: {
    readonly code: string;
    readonly message: string;
    readonly help?: string;
    readonly at?: Position;
  },
): string {
  const lines = [`error[${failure.code}]: ${failure.message}`];
  const { at } = failure;
  if (at !== undefined) {
    const file = files[at.file];
    const gutter = String(at.line).length;
    lines.push(`${" ".repeat(gutter)} --> ${file?.path ?? "?"}:${at.line}:${at.column}`);
    const source = file?.lines[at.line];
    if (source !== undefined) {
      const end = at.endLine === at.line ? at.endColumn : source.trimEnd().length + 1;
      const carets = "^".repeat(Math.max(1, end - at.column));
      const indent = source.slice(0, at.column - 1).replace(/[^\t]/g, " ");
      lines.push(`${at.line} | ${source.trimEnd()}`, `${" ".repeat(gutter)} | ${indent}${carets}`);
    }
  }
  if (failure.help !== undefined) lines.push(`  = help: ${failure.help}`);
  return lines.join("\n");
}
