import { type DiagnosticCode, type DiagnosticParameters, diagnose } from "../diagnostics/catalog.ts";
import type { Diagnostic, DiagnosticNote, Fix } from "../diagnostics/diagnostic.ts";
import { createLineIndex, type LineIndex } from "../diagnostics/line-index.ts";
import type { Step } from "../plan.ts";
import type { Position, Span } from "../spans.ts";
import type { BlockNode, ExpressionNode, NameNode } from "../syntax.ts";
import type { Type } from "../types.ts";
import type { Locals } from "./locals.ts";
import type { Semantics, SymbolKind, Target } from "./semantics.ts";
import type { Symbols } from "./symbols.ts";
import type { Typed } from "./types/typed.ts";

const mayBeImported: ReadonlySet<DiagnosticCode> = new Set([
  "unknown-name",
  "unknown-type",
  "unknown-action",
]);

/** How deep expressions and blocks may nest; it keeps every walk over a program off the stack's end. */
export const maximumDepth = 400;

/** Checks an expression and compiles it: `checkExpression`. Rules reach it through the checker, since it reaches them. */
export type CheckExpression = (
  c: Checker,
  node: ExpressionNode,
  locals: Locals,
  expected: Type | null,
) => Typed;

/** Checks a block that opens a scope of its own: `checkBlock`. */
export type CheckBlock = (
  c: Checker,
  node: BlockNode,
  outer: Locals,
  id: string,
  noReturn?: string,
) => readonly Step[];

/** The rules that reach each other through the checker, since files may not import in a circle. */
export interface CheckerRules {
  readonly expression: CheckExpression;
  readonly block: CheckBlock;
}

/** Checks one file: where mistakes go, what names mean, where things stand. */
export class Checker {
  readonly fileIndex: number;
  readonly path: string;
  readonly lines: LineIndex;
  readonly symbols: Symbols;
  readonly inLibrary: boolean;
  readonly diagnostics: Diagnostic[] = [];
  readonly semantics: Semantics | null;
  /** Indexes of other files that declare what is named here. */
  readonly usedFiles = new Set<number>();
  /** Actions that stand in for built-in ones, and where that is said. */
  readonly overrides: { readonly builtin: string; readonly by: string; readonly span: Span }[] = [];
  /** Whether an import leads nowhere: what it might have declared isn't reported again. */
  readonly importsFailed: boolean;
  depth = 0;
  readonly rules: CheckerRules;

  constructor(q: {
    fileIndex: number;
    path: string;
    text: string;
    symbols: Symbols;
    inLibrary: boolean;
    rules: CheckerRules;
    semantics?: Semantics | null;
    importsFailed?: boolean;
  }) {
    this.fileIndex = q.fileIndex;
    this.path = q.path;
    this.lines = createLineIndex(q.text);
    this.symbols = q.symbols;
    this.inLibrary = q.inLibrary;
    this.rules = q.rules;
    this.semantics = q.semantics ?? null;
    this.importsFailed = q.importsFailed ?? false;
  }

  /**
   * Checks an expression and compiles it. `expected` is a hint, which gives `[]`, `none`, records and lambdas their
   * types; whether the result fits is for the caller to say (`checkAs`).
   */
  expression(node: ExpressionNode, locals: Locals, expected: Type | null = null): Typed {
    const typed = this.rules.expression(this, node, locals, expected);
    this.semantics?.typed({ file: this.fileIndex, span: node.span, type: typed.type, expected });
    return typed;
  }

  /** The steps of a block; `noReturn` says why no `return` may stand in it. */
  block(node: BlockNode, outer: Locals, id: string, noReturn?: string): readonly Step[] {
    return this.rules.block(this, node, outer, id, noReturn);
  }

  report<Code extends DiagnosticCode>(
    code: Code,
    span: Span,
    ...parameters: DiagnosticParameters<Code>
  ): void {
    this.push(diagnose(code, span, ...parameters));
  }

  /** As `report`, with second places to look at and ways to mend it. */
  reportWith<Code extends DiagnosticCode>(
    extra: { readonly notes?: readonly DiagnosticNote[]; readonly fixes?: readonly Fix[] },
    code: Code,
    span: Span,
    ...parameters: DiagnosticParameters<Code>
  ): void {
    const notes = (extra.notes ?? []).map(({ file = this.fileIndex, ...note }) =>
      file === 0 ? note : { file, ...note },
    );
    const fixes = extra.fixes ?? [];
    this.push({
      ...diagnose(code, span, ...parameters),
      ...(notes.length === 0 ? {} : { notes }),
      ...(fixes.length === 0 ? {} : { fixes }),
    });
  }

  /** As `report`, with the fix that writes `near` in place of what is there, if there is a near name. */
  reportNear<Code extends DiagnosticCode>(
    near: string | undefined,
    code: Code,
    span: Span,
    ...parameters: DiagnosticParameters<Code>
  ): void {
    const fixes =
      near === undefined ? [] : [{ title: `replace it with "${near}"`, edits: [{ span, text: near }] }];
    this.reportWith({ fixes }, code, span, ...parameters);
  }

  private push(diagnostic: Diagnostic): void {
    if (this.importsFailed && mayBeImported.has(diagnostic.code) && diagnostic.fixes === undefined) return;
    this.diagnostics.push(this.fileIndex === 0 ? diagnostic : { ...diagnostic, file: this.fileIndex });
  }

  position(span: Span): Position {
    return this.lines.position(span, this.fileIndex);
  }

  /** Tells an editor, and notes which other files this one uses. */
  refer(span: Span, kind: SymbolKind, target: Target): void {
    if ("file" in target && target.file !== this.fileIndex) this.usedFiles.add(target.file);
    this.semantics?.reference({ file: this.fileIndex, span, kind, target });
  }

  /** Tells an editor of a name that is declared here. */
  declare(name: NameNode, kind: SymbolKind, type: Type | null): void {
    this.semantics?.declared({ file: this.fileIndex, span: name.span, name: name.text, kind, type });
  }

  /** Runs `work` one level deeper; `otherwise` where that is too deep, which is reported at `span`. */
  deeper<T>(span: Span, work: () => T, otherwise: T): T {
    if (this.depth >= maximumDepth) {
      this.report("deep-nesting", span, { limit: maximumDepth });
      return otherwise;
    }
    this.depth += 1;
    try {
      return work();
    } finally {
      this.depth -= 1;
    }
  }

  /** Whether `work` went without a new error. */
  clean(work: () => void): boolean {
    const before = this.diagnostics.length;
    work();
    return !this.diagnostics.slice(before).some((diagnostic) => diagnostic.severity === "error");
  }
}
