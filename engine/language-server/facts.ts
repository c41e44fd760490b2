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
  private readonly declarations = new PlaceMap<Declared>();
  private readonly uses = new PlaceMap<Reference>();
  private readonly types = new PlaceMap<{ readonly type: Type; readonly expected: Type | null }>();

  declared(q: Declared): void {
    this.declarations.set(q, q);
  }

  reference(q: Reference): void {
    this.uses.set(q, q);
  }

  typed(q: Place & { readonly type: Type; readonly expected: Type | null }): void {
    if (q.file === 0) this.types.set(q, q);
  }

  get references(): Iterable<Reference> {
    return this.uses.values();
  }

  /** What was declared at exactly that place. */
  declaredAt(place: Place): Declared | undefined {
    return this.declarations.get(place);
  }

  referenceAt(place: Place): Reference | undefined {
    return this.uses.get(place);
  }

  /** The type of the expression that stands at exactly that place of the program itself. */
  typeAt(span: Span): Type | undefined {
    return this.types.get({ file: 0, span })?.type;
  }

  /** The type that was wanted there. */
  expectedAt(span: Span): Type | undefined {
    return this.types.get({ file: 0, span })?.expected ?? undefined;
  }
}

/** Values by place. Keys are numbers, not texts: there are tens of thousands for each letter that someone types. */
class PlaceMap<Value> {
  private readonly files = new Map<number, Map<number, Value>>();

  set({ file, span }: Place, value: Value): void {
    let places = this.files.get(file);
    if (places === undefined) {
      places = new Map();
      this.files.set(file, places);
    }
    places.set(numberOf(span), value);
  }

  get({ file, span }: Place): Value | undefined {
    return this.files.get(file)?.get(numberOf(span));
  }

  *values(): Generator<Value> {
    for (const places of this.files.values()) yield* places.values();
  }
}

/** Distinct for every span of texts below 64 MiB. */
function numberOf({ start, end }: Span): number {
  return start * 2 ** 26 + end;
}
