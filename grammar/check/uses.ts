import type { Span } from "../spans.ts";
import type { Checker } from "./checker.ts";
import { warnDeprecated } from "./declarations/deprecations.ts";
import type { Place, SymbolKind } from "./semantics.ts";
import type { Deprecated } from "./symbols.ts";

/** Notes that a name is used: for warnings of unused and deprecated names, and for editors. */
export function useSymbol(
  c: Checker,
  q: {
    readonly span: Span;
    readonly kind: SymbolKind;
    readonly name: string;
    readonly symbol: Place & { used?: boolean; readonly deprecated?: Deprecated | null };
  },
): void {
  const { span, kind, name, symbol } = q;
  if (symbol.used !== undefined) symbol.used = true;
  c.refer(span, kind, symbol.file < 0 ? { builtin: name } : { file: symbol.file, span: symbol.span });
  warnDeprecated(c, { what: `${kind} "${name}"`, span, deprecated: symbol.deprecated });
}
