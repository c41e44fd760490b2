import { type CompletionItem, CompletionItemKind, InsertTextFormat, MarkupKind } from "vscode-languageserver";

export const offerKinds = {
  keyword: CompletionItemKind.Keyword,
  variable: CompletionItemKind.Variable,
  constant: CompletionItemKind.Constant,
  function: CompletionItemKind.Function,
  method: CompletionItemKind.Method,
  field: CompletionItemKind.Field,
  property: CompletionItemKind.Property,
  type: CompletionItemKind.Class,
  enum: CompletionItemKind.Enum,
  member: CompletionItemKind.EnumMember,
  plugin: CompletionItemKind.Module,
  record: CompletionItemKind.Struct,
  event: CompletionItemKind.Event,
  value: CompletionItemKind.Value,
  file: CompletionItemKind.File,
  folder: CompletionItemKind.Folder,
} as const;

/** One thing that could stand at the cursor. */
export interface Offer {
  readonly label: string;
  readonly kind: keyof typeof offerKinds;
  /** Beside the label: a type, a signature. */
  readonly detail?: string | undefined;
  readonly doc?: string | null | undefined;
  /** What is written; the label when absent. */
  readonly text?: string | undefined;
  /** The same with the editor's stops `$1`, for editors that know them. */
  readonly snippet?: string | undefined;
  readonly deprecated?: boolean | undefined;
  /** 0 comes first; 5 when absent. */
  readonly rank?: number | undefined;
}

/** As the protocol has it: each label once, in the order of ranks, and within a rank in the order given. */
export function toItems(offers: readonly Offer[], snippets: boolean): CompletionItem[] {
  const once = new Map<string, Offer>();
  for (const offer of offers) if (!once.has(offer.label)) once.set(offer.label, offer);
  const ranked = [...once.values()].sort((a, b) => (a.rank ?? 5) - (b.rank ?? 5));
  return ranked.map((offer, index) => {
    const { label, detail, doc, text, snippet } = offer;
    const isSnippet = snippets && snippet !== undefined;
    return {
      label,
      kind: offerKinds[offer.kind],
      sortText: String(index).padStart(4, "0"),
      ...(detail === undefined ? {} : { detail }),
      ...(doc === undefined || doc === null || doc === ""
        ? {}
        : { documentation: { kind: MarkupKind.Markdown, value: doc } }),
      ...(isSnippet
        ? { insertText: snippet, insertTextFormat: InsertTextFormat.Snippet }
        : text === undefined
          ? {}
          : { insertText: text }),
      ...(offer.deprecated === true ? { deprecated: true } : {}),
    };
  });
}
