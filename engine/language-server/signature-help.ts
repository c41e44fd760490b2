import { MarkupKind, type SignatureHelp } from "vscode-languageserver";
import type { ApplyNode } from "../../grammar/syntax.ts";
import type { Analysis } from "./analysis.ts";
import { calledSignature } from "./called.ts";
import { signatureText } from "./signatures.ts";
import { pathTo } from "./syntax-walk.ts";

/** The signature of the call around the offset, with the parameter that is being written. */
export function signatureHelpAt(analysis: Analysis, offset: number): SignatureHelp | null {
  const path = pathTo(analysis.parsed.program, offset);
  const call = path.findLast(
    (part): part is ApplyNode => part.kind === "Apply" && offset > (part as ApplyNode).callee.span.end,
  );
  if (call === undefined || isBehind(analysis.text, call, offset)) return null;
  const signature = calledSignature(analysis, call, path);
  if (signature === undefined) return null;
  const active = activeParameter(
    analysis.text,
    call,
    offset,
    signature.parameters.map(({ name }) => name),
  );
  return {
    signatures: [
      {
        label: signatureText(signature),
        ...(signature.doc === null
          ? {}
          : { documentation: { kind: MarkupKind.Markdown, value: signature.doc } }),
        parameters: signature.parameters.map(({ label, doc }) => ({
          label,
          ...(doc === null ? {} : { documentation: { kind: MarkupKind.Markdown, value: doc } }),
        })),
      },
    ],
    activeSignature: 0,
    activeParameter: active,
  };
}

function isBehind(text: string, call: ApplyNode, offset: number): boolean {
  return offset >= call.span.end && text[call.span.end - 1] === ")";
}

/** By name where one is written, else by position: as many commas stand before it. */
function activeParameter(text: string, call: ApplyNode, offset: number, names: readonly string[]): number {
  const written = /[(,]\s*(\w+)\s*:[^,]*$/.exec(text.slice(call.callee.span.end, offset))?.[1];
  if (written !== undefined && names.includes(written)) return names.indexOf(written);
  const current = call.arguments.find(({ span }) => span.start <= offset && offset <= span.end);
  const before = call.arguments.filter(({ span }) => span.end < offset);
  const last = before.at(-1);
  if (last === undefined) return 0;
  return text.slice(last.span.end, offset).includes(",") || current !== undefined
    ? before.length
    : before.length - 1;
}
