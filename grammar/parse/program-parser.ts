import { EOF } from "chevrotain";
import { diagnose } from "../diagnostics/catalog.ts";
import type { Diagnostic } from "../diagnostics/diagnostic.ts";
import type { DeclarationNode, ProgramNode } from "../syntax.ts";
import { DeclarationRules } from "./declaration-rules.ts";
import type { LexedText } from "./lexer.ts";
import { depthOf } from "./syntax-depth.ts";

/** Chains such as `a.b.c` nest to the left without recursion: the depth of a program with a long one is measured. */
const shortChain = 20;
/** The checker and the formatter recurse: deeper nodes than this they don't get. */
const deepestNode = 1_000;

/**
 * The grammar of the language, a rule per construct; each rule returns the node of `syntax.ts` that its comment there
 * shows. The rules are in layers, each a class on top of the one before:
 *
 * - `token-cursor.ts`, `reporting-parser.ts`, `recovering-parser.ts`: looking ahead, and going on after mistakes;
 * - `foreign-habits.ts`: mistakes that people bring from other languages;
 * - `literal-rules.ts`, `value-rules.ts`, `expression-rules.ts`, `type-rules.ts`: what has a value or a type;
 * - `clause-rules.ts`, `match-rules.ts`, `control-rules.ts`, `policy-rules.ts`, `statement-rules.ts`: what a block
 *   consists of;
 * - `trigger-rules.ts`, `given-rules.ts`, `test-rules.ts`, `declaration-rules.ts`, and here the whole program.
 *
 * Recovery calls rules by `SUBRULE` as well: one that is called directly ends the whole parse for chevrotain.
 */
export class ProgramParser extends DeclarationRules {
  constructor(validates = false) {
    super(validates);
    this.performSelfAnalysis();
  }

  /** Parses what the lexer made of `source`; the lexer's diagnostics are among those that come back. */
  parse(source: string, lexed: LexedText): { program: ProgramNode; diagnostics: readonly Diagnostic[] } {
    this.begin(source, lexed);
    const program = this.program();
    if (this.longestChain > shortChain && depthOf(program) > deepestNode) {
      this.diagnostics.push(diagnose("deep-nesting", program.span, { limit: deepestNode }));
      return { program: { ...program, declarations: [] }, diagnostics: this.reports() };
    }
    return { program, diagnostics: this.reports() };
  }

  protected readonly program = this.RULE("program", (): ProgramNode => {
    const declarations: DeclarationNode[] = [];
    this.until(EOF, () => {
      declarations.push(this.SUBRULE(this.declaration));
    });
    return { kind: "Program", span: { start: 0, end: this.source.length }, declarations };
  });

  protected readonly declaration = this.RULE("declaration", (): DeclarationNode => {
    this.startDeclaration();
    return this.OR([
      { ALT: () => this.SUBRULE(this.import) },
      { ALT: () => this.SUBRULE(this.plugin) },
      { ALT: () => this.SUBRULE(this.param) },
      { ALT: () => this.SUBRULE(this.secret) },
      { ALT: () => this.SUBRULE(this.enum) },
      { ALT: () => this.SUBRULE(this.recordType) },
      { ALT: () => this.SUBRULE(this.profile) },
      { ALT: () => this.SUBRULE(this.cluster) },
      { ALT: () => this.SUBRULE(this.policy) },
      { ALT: () => this.SUBRULE(this.action) },
      { ALT: () => this.SUBRULE(this.schedule) },
      { ALT: () => this.SUBRULE(this.listener) },
      { ALT: () => this.SUBRULE(this.test) },
    ]);
  });
}
