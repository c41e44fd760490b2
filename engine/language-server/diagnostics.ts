import { join } from "node:path";
import { pathToFileURL } from "node:url";
import {
  type DiagnosticRelatedInformation,
  DiagnosticSeverity,
  DiagnosticTag,
  type Diagnostic as ShownDiagnostic,
} from "vscode-languageserver";
import type { Diagnostic } from "../../grammar/diagnostics/diagnostic.ts";
import type { TextPlaces } from "./text-places.ts";

const errorsPage = pathToFileURL(join(import.meta.dirname, "..", "..", "docs", "errors.md")).href;

/** A compiled file, as diagnostics point at it. */
export interface ShownFile {
  readonly uri: string;
  readonly places: TextPlaces;
}

/** A diagnostic as editors show it: message, why and help on lines of their own, second places as related ones. */
export function showDiagnostic(
  diagnostic: Diagnostic,
  fileOf: (index: number) => ShownFile | undefined,
): ShownDiagnostic {
  const places = fileOf(diagnostic.file ?? 0)?.places;
  const related = (diagnostic.notes ?? []).flatMap((note): DiagnosticRelatedInformation[] => {
    const file = fileOf(note.file ?? 0);
    if (file === undefined) return [];
    return [{ message: note.message, location: { uri: file.uri, range: file.places.range(note.span) } }];
  });
  const tags = tagsOf(diagnostic.code);
  return {
    range: places?.range(diagnostic.span) ?? nowhere,
    severity: diagnostic.severity === "error" ? DiagnosticSeverity.Error : DiagnosticSeverity.Warning,
    code: diagnostic.code,
    codeDescription: { href: `${errorsPage}#${diagnostic.code}` },
    source: "coppice",
    message: messageOf(diagnostic),
    ...(related.length === 0 ? {} : { relatedInformation: related }),
    ...(tags.length === 0 ? {} : { tags }),
  };
}

const nowhere = { start: { line: 0, character: 0 }, end: { line: 0, character: 0 } };

function messageOf({ message, label, help }: Diagnostic): string {
  return [message, label, help === undefined ? undefined : `help: ${help}`]
    .filter((line) => line !== undefined)
    .join("\n");
}

/** Editors fade what is useless and strike through what is deprecated. */
function tagsOf(code: string): DiagnosticTag[] {
  if (code === "deprecated") return [DiagnosticTag.Deprecated];
  return code.startsWith("unused-") || code === "unreachable" ? [DiagnosticTag.Unnecessary] : [];
}
