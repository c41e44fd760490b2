import {
  type DiagnosticCode,
  type DiagnosticParameters,
  diagnose,
  withNotes,
} from "../diagnostics/catalog.ts";
import type { Diagnostic, DiagnosticNote } from "../diagnostics/diagnostic.ts";
import { createLineIndex, type LineIndex } from "../diagnostics/line-index.ts";
import type { Position, Span } from "../spans.ts";
import type { ExpressionNode } from "../syntax.ts";
import type { Type } from "../types.ts";
import type { Locals } from "./locals.ts";
import type { Symbols } from "./symbols.ts";
import type { Typed } from "./typed.ts";

/** How deep expressions and blocks may nest; it keeps every walk over a program off the stack's end. */
export const maximumDepth = 400;

/** Checks an expression and compiles it: `checkExpression`. Rules reach it through the checker, since it reaches them. */
export type CheckExpression = (
  c: Checker,
  node: ExpressionNode,
  locals: Locals,
  expected: Type | null,
) => Typed;

/** Checks one file: where mistakes go, what names mean, where things stand. */
export class Checker {
  readonly fileIndex: number;
  readonly path: string;
  readonly lines: LineIndex;
  readonly symbols: Symbols;
  readonly inLibrary: boolean;
  readonly diagnostics: Diagnostic[] = [];
  depth = 0;
  readonly checkExpression: CheckExpression;

  constructor(q: {
    fileIndex: number;
    path: string;
    text: string;
    symbols: Symbols;
    inLibrary: boolean;
    checkExpression: CheckExpression;
  }) {
    this.fileIndex = q.fileIndex;
    this.path = q.path;
    this.lines = createLineIndex(q.text);
    this.symbols = q.symbols;
    this.inLibrary = q.inLibrary;
    this.checkExpression = q.checkExpression;
  }

  /**
   * Checks an expression and compiles it. `expected` is a hint, which gives `[]`, `none`, records and lambdas their
   * types; whether the result fits is for the caller to say (`checkAs`).
   */
  expression(node: ExpressionNode, locals: Locals, expected: Type | null = null): Typed {
    return this.checkExpression(this, node, locals, expected);
  }

  report<Code extends DiagnosticCode>(
    code: Code,
    span: Span,
    ...parameters: DiagnosticParameters<Code>
  ): void {
    this.diagnostics.push(diagnose(code, span, ...parameters));
  }

  /** As `report`, with second places to look at. */
  reportWith<Code extends DiagnosticCode>(
    notes: readonly DiagnosticNote[],
    code: Code,
    span: Span,
    ...parameters: DiagnosticParameters<Code>
  ): void {
    this.diagnostics.push(withNotes(diagnose(code, span, ...parameters), notes));
  }

  position(span: Span): Position {
    return this.lines.position(span, this.fileIndex);
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
