import type { Place, Semantics, SymbolKind, Target } from "../../grammar/check/semantics.ts";
import type { Span } from "../../grammar/spans.ts";
import type { Type } from "../../grammar/types.ts";

/** A name that a program declares. */
export interface Declared extends Place {
  readonly name: string;
  readonly kind: SymbolKind;
  readonly type: Type | null;
}

/** A name that means something declared elsewhere. */
export interface Reference extends Place {
  readonly kind: SymbolKind;
  readonly target: Target;
}

/** What the checker found out about names and types, kept to be asked by place. */
export class Facts implements Semantics {
  private readonly declarations = new Map<string, Declared>();
  private readonly uses = new Map<string, Reference>();
  private readonly types = new Map<string, { readonly type: Type; readonly expected: Type | null }>();

  declared(q: Declared): void {
    this.declarations.set(keyOf(q), q);
  }

  reference(q: Reference): void {
    this.uses.set(keyOf(q), q);
  }

  typed(q: Place & { readonly type: Type; readonly expected: Type | null }): void {
    if (q.file === 0) this.types.set(keyOf(q), q);
  }

  get references(): Iterable<Reference> {
    return this.uses.values();
  }

  get allDeclared(): Iterable<Declared> {
    return this.declarations.values();
  }

  /** What was declared at exactly that place. */
  declaredAt(place: Place): Declared | undefined {
    return this.declarations.get(keyOf(place));
  }

  referenceAt(place: Place): Reference | undefined {
    return this.uses.get(keyOf(place));
  }

  /** The type of the expression that stands at exactly that place of the program itself. */
  typeAt(span: Span): Type | undefined {
    return this.types.get(keyOf({ file: 0, span }))?.type;
  }

  /** The type that was wanted there. */
  expectedAt(span: Span): Type | undefined {
    return this.types.get(keyOf({ file: 0, span }))?.expected ?? undefined;
  }
}

/** One place as one text: the key of maps. */
export function keyOf({ file, span }: Place): string {
  return `${file}:${span.start}:${span.end}`;
}
