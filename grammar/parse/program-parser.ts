import { EOF, type IToken, type TokenType } from "chevrotain";
import { diagnose } from "../diagnostics/catalog.ts";
import type { Diagnostic } from "../diagnostics/diagnostic.ts";
import { didYouMean } from "../diagnostics/suggest.ts";
import type {
  ActionNode,
  AllowNode,
  ApplyNode,
  ArgumentNode,
  BatchNode,
  BinaryOperator,
  BlockNode,
  CallNode,
  ChooseNode,
  ClausesNode,
  ClusterNode,
  DeclarationNode,
  DenyNode,
  EmitNode,
  ExpressionNode,
  FailNode,
  FieldNode,
  ForNode,
  HookNode,
  IfNode,
  LetNode,
  MissingNode,
  NameNode,
  ParallelNode,
  ParameterNode,
  ParamNode,
  PluginNode,
  PolicyNode,
  ProfileNode,
  ProgramNode,
  RangeNode,
  RecordNode,
  RecordTypeNode,
  RetryNode,
  ReturnNode,
  StatementNode,
  TextNode,
  TryNode,
  TypeNode,
  WaitNode,
  WaitUntilNode,
} from "../syntax.ts";
import { docAbove } from "./doc-comments.ts";
import { foreignDeclarations, foreignLiterals, foreignStatements } from "./foreign-words.ts";
import { cookedText, type LexedText, spanOf } from "./lexer.ts";
import { readNumber } from "./number-literal.ts";
import {
  comparisonPrecedence,
  negationPrecedence,
  notPrecedence,
  precedenceOf,
} from "./operator-precedence.ts";
import { declarationKeywords, keywordsLike, RecoveringParser } from "./recovering-parser.ts";
import { depthOf } from "./syntax-depth.ts";
import * as T from "./tokens.ts";

const statementKeywords = [
  T.Let,
  T.For,
  T.Parallel,
  T.If,
  T.Try,
  T.Wait,
  T.Emit,
  T.Fail,
  T.Return,
  T.Deny,
  T.Choose,
  T.Batch,
];

/** Tokens that an expression may begin with. */
const expressionStarts: readonly TokenType[] = [
  T.Name,
  T.NumberLiteral,
  T.Text,
  T.TextOpen,
  T.LeftParen,
  T.LeftBracket,
  T.LeftBrace,
  T.If,
  T.Not,
  T.Minus,
  T.True,
  T.False,
  T.None,
];

/** Chains such as `a.b.c` nest to the left without recursion: the depth of a program with a long one is measured. */
const shortChain = 20;
/** The checker and the formatter recurse: deeper nodes than this they don't get. */
const deepestNode = 1_000;

/**
 * The grammar of the language, a rule per construct, from the whole program down to a name. Each rule returns the node
 * of `syntax.ts` that its comment there shows. How it goes on after mistakes is in `recovering-parser.ts`.
 */
export class ProgramParser extends RecoveringParser {
  constructor() {
    super();
    this.performSelfAnalysis();
  }

  /** Parses what the lexer made of `source`; the lexer's diagnostics are among those that come back. */
  parse(source: string, lexed: LexedText): { program: ProgramNode; diagnostics: readonly Diagnostic[] } {
    this.begin(source, lexed);
    const program = this.program();
    if (this.longestChain > shortChain && depthOf(program) > deepestNode) {
      this.diagnostics.push(diagnose("deep-nesting", program.span, { limit: deepestNode }));
      return { program: { ...program, declarations: [] }, diagnostics: this.diagnostics };
    }
    return { program, diagnostics: this.diagnostics };
  }

  // Declarations

  private readonly program = this.RULE("program", (): ProgramNode => {
    const declarations: DeclarationNode[] = [];
    this.until(EOF, () => {
      declarations.push(this.SUBRULE(this.declaration));
    });
    return { kind: "Program", span: { start: 0, end: this.source.length }, declarations };
  });

  private readonly declaration = this.RULE("declaration", (): DeclarationNode => {
    this.startDeclaration();
    return this.OR([
      { ALT: () => this.SUBRULE(this.plugin) },
      { ALT: () => this.SUBRULE(this.param) },
      { ALT: () => this.SUBRULE(this.recordType) },
      { ALT: () => this.SUBRULE(this.profile) },
      { ALT: () => this.SUBRULE(this.cluster) },
      { ALT: () => this.SUBRULE(this.policy) },
      { ALT: () => this.SUBRULE(this.action) },
    ]);
  });

  private readonly plugin = this.RULE("plugin", (): PluginNode => {
    const start = this.CONSUME(T.Plugin);
    const doc = this.doc(start);
    const name = this.SUBRULE(this.name);
    this.CONSUME(T.From);
    const from = this.SUBRULE(this.plainText);
    const allows: AllowNode[] = [];
    let settings: RecordNode | null = null;
    this.OPTION(() => {
      const open = this.opened(this.CONSUME(T.LeftBrace));
      this.until(T.RightBrace, () => {
        this.OR([
          { ALT: () => allows.push(this.SUBRULE(this.allow)) },
          {
            ALT: () => {
              this.CONSUME(T.With);
              settings = this.SUBRULE(this.record);
            },
          },
        ]);
      });
      this.closed(open, T.RightBrace);
    });
    return { kind: "Plugin", span: this.since(start), doc, name, from, allows, settings };
  });

  private readonly allow = this.RULE("allow", (): AllowNode => {
    const start = this.CONSUME(T.Allow);
    const capability = this.SUBRULE(this.word);
    let target: ExpressionNode | null = null;
    this.OPTION({
      GATE: () => this.onSameLine() && !this.isAt(T.With) && !this.isAt(T.Allow),
      DEF: () => {
        target = this.SUBRULE(this.expression);
      },
    });
    return { kind: "Allow", span: this.since(start), capability, target };
  });

  private readonly param = this.RULE("param", (): ParamNode => {
    const start = this.CONSUME(T.Param);
    const doc = this.doc(start);
    const { name, type, value } = this.SUBRULE(this.parameter);
    return { kind: "Param", span: this.since(start), doc, name, type, value };
  });

  private readonly recordType = this.RULE("recordType", (): RecordTypeNode => {
    const start = this.CONSUME(T.RecordWord);
    const doc = this.doc(start);
    const name = this.SUBRULE(this.name);
    const open = this.opened(this.CONSUME(T.LeftBrace));
    const fields: { name: NameNode; type: TypeNode }[] = [];
    this.until(T.RightBrace, () => {
      const field = this.SUBRULE(this.word);
      this.CONSUME(T.Colon);
      fields.push({ name: field, type: this.SUBRULE(this.type) });
    });
    this.closed(open, T.RightBrace);
    return { kind: "RecordType", span: this.since(start), doc, name, fields };
  });

  private readonly profile = this.RULE("profile", (): ProfileNode => {
    const start = this.CONSUME(T.Profile);
    const doc = this.doc(start);
    const name = this.SUBRULE(this.name);
    this.valueSign(`profile "${name.text}"`);
    const plugin = this.SUBRULE1(this.name);
    this.CONSUME(T.Dot);
    const type = this.SUBRULE(this.word);
    const properties = this.SUBRULE(this.record);
    return { kind: "Profile", span: this.since(start), doc, name, plugin, type, properties };
  });

  private readonly cluster = this.RULE("cluster", (): ClusterNode => {
    const start = this.CONSUME(T.Cluster);
    const doc = this.doc(start);
    const name = this.SUBRULE(this.name);
    const { fields } = this.SUBRULE(this.record);
    return { kind: "Cluster", span: this.since(start), doc, name, fields };
  });

  private readonly policy = this.RULE("policy", (): PolicyNode => {
    const start = this.CONSUME(T.Policy);
    const doc = this.doc(start);
    const name = this.SUBRULE(this.name);
    let parameters: ParameterNode[] = [];
    this.OPTION(() => {
      parameters = this.SUBRULE(this.parameters);
    });
    const open = this.opened(this.CONSUME(T.LeftBrace));
    const hooks: HookNode[] = [];
    this.until(T.RightBrace, () => {
      hooks.push(this.SUBRULE(this.hook));
    });
    this.closed(open, T.RightBrace);
    return { kind: "Policy", span: this.since(start), doc, name, parameters, hooks };
  });

  private readonly hook = this.RULE("hook", (): HookNode => {
    const start = this.LA(1);
    if (!this.isAtAny([T.Before, T.After]))
      this.failUnlessRecording(() => this.expected('"before" or "after"'));
    let phase: HookNode["phase"] = "before";
    const actions: NameNode[] = [];
    let priority: ExpressionNode | null = null;
    let when: ExpressionNode | null = null;
    this.beforeBlock(() => {
      this.OR([
        { ALT: () => this.CONSUME(T.Before) },
        {
          ALT: () => {
            this.CONSUME(T.After);
            phase = "after";
          },
        },
      ]);
      this.AT_LEAST_ONE_SEP({ SEP: T.Comma, DEF: () => actions.push(this.SUBRULE(this.word)) });
      this.MANY(() => {
        this.OR1([
          {
            ALT: () => {
              this.once(this.CONSUME(T.Priority), priority);
              priority = this.SUBRULE(this.expression);
            },
          },
          {
            ALT: () => {
              this.once(this.CONSUME(T.When), when);
              when = this.SUBRULE1(this.expression);
            },
          },
        ]);
      });
    });
    const body = this.SUBRULE(this.block);
    return { kind: "Hook", span: this.since(start), phase, actions, priority, when, body };
  });

  private readonly action = this.RULE("action", (): ActionNode => {
    const start = this.CONSUME(T.Action);
    const doc = this.doc(start);
    const name = this.SUBRULE(this.name);
    let parameters: ParameterNode[] = [];
    let result: TypeNode | null = null;
    this.beforeBlock(() => {
      this.OPTION(() => {
        parameters = this.SUBRULE(this.parameters);
      });
      this.OPTION1(() => {
        this.CONSUME(T.ThinArrow);
        result = this.SUBRULE(this.type);
      });
    });
    const body = this.SUBRULE(this.block);
    return { kind: "Action", span: this.since(start), doc, name, parameters, result, body };
  });

  private readonly parameters = this.RULE("parameters", (): ParameterNode[] => {
    const open = this.opened(this.CONSUME(T.LeftParen));
    const parameters: ParameterNode[] = [];
    this.inBrackets(() =>
      this.separated(T.RightParen, "parameters", () => {
        parameters.push(this.SUBRULE(this.parameter));
      }),
    );
    this.closed(open, T.RightParen);
    return parameters;
  });

  private readonly parameter = this.RULE("parameter", (): ParameterNode => {
    const start = this.LA(1);
    const name = this.SUBRULE(this.name);
    this.CONSUME(T.Colon);
    const type = this.SUBRULE(this.type);
    let value: ExpressionNode | null = null;
    this.OPTION(() => {
      this.CONSUME(T.Assign);
      value = this.SUBRULE(this.expression);
    });
    return { kind: "Parameter", span: this.since(start), name, type, value };
  });

  private readonly type = this.RULE(
    "type",
    (): TypeNode =>
      this.nested(() => {
        const start = this.LA(1);
        if (!this.isAt(T.Name))
          this.failUnlessRecording(() => diagnose("expected-type", spanOf(start), { found: this.found() }));
        let name = this.SUBRULE(this.name);
        let plugin: NameNode | null = null;
        this.OPTION(() => {
          this.CONSUME(T.Dot);
          plugin = name;
          name = this.SUBRULE(this.word);
        });
        const of: TypeNode[] = [];
        this.OPTION1(() => {
          this.CONSUME(T.Less);
          this.AT_LEAST_ONE_SEP({ SEP: T.Comma, DEF: () => of.push(this.SUBRULE(this.type)) });
          this.CONSUME(T.Greater);
        });
        const optional = this.OPTION2(() => this.CONSUME(T.Question)) !== undefined;
        return { kind: "Type", span: this.since(start), plugin, name, of, optional };
      }),
  );

  // Statements

  private readonly block = this.RULE(
    "block",
    (): BlockNode =>
      this.nested(() => {
        const open = this.opened(this.CONSUME(T.LeftBrace));
        const statements: StatementNode[] = [];
        this.inBrackets(() =>
          this.until(T.RightBrace, () => {
            statements.push(this.SUBRULE(this.statement));
          }),
        );
        this.closed(open, T.RightBrace);
        return { kind: "Block", span: this.since(open), statements };
      }),
  );

  private readonly statement = this.RULE("statement", (): StatementNode => {
    this.startStatement();
    return this.OR([
      { ALT: () => this.SUBRULE(this.letStatement) },
      { ALT: () => this.SUBRULE(this.forStatement) },
      { ALT: () => this.SUBRULE(this.parallelStatement) },
      { ALT: () => this.SUBRULE(this.ifStatement) },
      { ALT: () => this.SUBRULE(this.tryStatement) },
      { ALT: () => this.SUBRULE(this.waitStatement) },
      { ALT: () => this.SUBRULE(this.emitStatement) },
      { ALT: () => this.SUBRULE(this.failStatement) },
      { ALT: () => this.SUBRULE(this.returnStatement) },
      { ALT: () => this.SUBRULE(this.denyStatement) },
      { ALT: () => this.SUBRULE(this.chooseStatement) },
      { ALT: () => this.SUBRULE(this.batchStatement) },
      { ALT: () => this.SUBRULE(this.block) },
      { ALT: () => this.SUBRULE(this.callStatement) },
    ]);
  });

  private readonly letStatement = this.RULE("letStatement", (): LetNode => {
    const start = this.CONSUME(T.Let);
    const name = this.SUBRULE(this.name);
    this.valueSign(`"${name.text}"`);
    const value = this.SUBRULE(this.expression);
    const clauses = this.SUBRULE(this.clauses);
    return { kind: "Let", span: this.since(start), name, value, clauses };
  });

  private readonly callStatement = this.RULE("callStatement", (): CallNode => {
    const start = this.LA(1);
    const call = this.SUBRULE(this.postfix);
    this.checkCall(start, call);
    const clauses = this.SUBRULE(this.clauses);
    return { kind: "Call", span: this.since(start), call, clauses };
  });

  private readonly clauses = this.RULE("clauses", (): ClausesNode => {
    const start = this.LA(1);
    let retry: RetryNode | null = null;
    let timeout: ExpressionNode | null = null;
    let undo: BlockNode | null = null;
    let any = false;
    this.MANY(() => {
      any = true;
      this.OR([
        {
          ALT: () => {
            this.once(this.LA(1), retry);
            retry = this.SUBRULE(this.retry);
          },
        },
        {
          ALT: () => {
            this.once(this.CONSUME(T.Timeout), timeout);
            timeout = this.SUBRULE(this.expression);
          },
        },
        {
          ALT: () => {
            this.once(this.CONSUME(T.Undo), undo);
            undo = this.SUBRULE(this.undoBlock);
          },
        },
      ]);
    });
    return { kind: "Clauses", span: any ? this.since(start) : this.gap(), retry, timeout, undo };
  });

  private readonly retry = this.RULE("retry", (): RetryNode => {
    const start = this.CONSUME(T.Retry);
    const count = this.SUBRULE(this.expression);
    let every: ExpressionNode | null = null;
    let upTo: ExpressionNode | null = null;
    this.OPTION(() => {
      this.CONSUME(T.Every);
      every = this.SUBRULE1(this.expression);
      this.OPTION1(() => {
        this.CONSUME(T.Range);
        upTo = this.SUBRULE2(this.expression);
      });
    });
    return { kind: "Retry", span: this.since(start), count, every, upTo };
  });

  private readonly undoBlock = this.RULE(
    "undoBlock",
    (): BlockNode =>
      this.OR([
        { ALT: () => this.SUBRULE(this.block) },
        {
          ALT: (): BlockNode => {
            const start = this.LA(1);
            const call = this.SUBRULE(this.postfix);
            this.checkCall(start, call);
            const span = this.since(start);
            const clauses: ClausesNode = {
              kind: "Clauses",
              span: this.gap(),
              retry: null,
              timeout: null,
              undo: null,
            };
            return { kind: "Block", span, statements: [{ kind: "Call", span, call, clauses }] };
          },
        },
      ]),
  );

  private readonly forStatement = this.RULE("forStatement", (): ForNode => {
    const start = this.CONSUME(T.For);
    let name = this.missingName();
    let list: ExpressionNode = this.missing();
    let batch: ForNode["batch"] = null;
    let pause: ExpressionNode | null = null;
    let tolerate: ExpressionNode | null = null;
    this.beforeBlock(() => {
      name = this.SUBRULE(this.name);
      this.CONSUME(T.In);
      list = this.SUBRULE(this.expression);
      this.MANY(() => {
        this.OR([
          {
            ALT: () => {
              this.once(this.CONSUME(T.Batch), batch);
              batch = this.SUBRULE(this.batchSize);
            },
          },
          {
            ALT: () => {
              this.once(this.CONSUME(T.Pause), pause);
              pause = this.SUBRULE1(this.expression);
            },
          },
          {
            ALT: () => {
              this.once(this.CONSUME(T.Tolerate), tolerate);
              tolerate = this.SUBRULE2(this.expression);
              this.OPTION(() =>
                this.OR1([{ ALT: () => this.CONSUME(T.Failure) }, { ALT: () => this.CONSUME(T.Failures) }]),
              );
            },
          },
        ]);
      });
    });
    const body = this.SUBRULE(this.block);
    const ensure = this.SUBRULE(this.ensure);
    return { kind: "For", span: this.since(start), name, list, batch, pause, tolerate, body, ensure };
  });

  private readonly batchSize = this.RULE("batchSize", (): ExpressionNode | "all" =>
    this.OR([
      {
        ALT: (): "all" => {
          this.CONSUME(T.All);
          return "all";
        },
      },
      { ALT: () => this.SUBRULE(this.expression) },
    ]),
  );

  private readonly ensure = this.RULE("ensure", (): BlockNode | null => {
    let block: BlockNode | null = null;
    this.OPTION(() => {
      this.CONSUME(T.Ensure);
      block = this.SUBRULE(this.block);
    });
    return block;
  });

  private readonly parallelStatement = this.RULE("parallelStatement", (): ParallelNode => {
    const start = this.CONSUME(T.Parallel);
    const { statements } = this.SUBRULE(this.block);
    return { kind: "Parallel", span: this.since(start), branches: statements };
  });

  private readonly ifStatement = this.RULE(
    "if",
    (): IfNode =>
      this.nested(() => {
        const start = this.CONSUME(T.If);
        let condition: ExpressionNode = this.missing();
        this.beforeBlock(() => {
          condition = this.SUBRULE(this.expression);
        });
        const body = this.SUBRULE(this.block);
        let otherwise: BlockNode | IfNode | null = null;
        this.foreignElse();
        this.OPTION(() => {
          this.CONSUME(T.Else);
          otherwise = this.OR([
            { ALT: () => this.SUBRULE(this.ifStatement) },
            { ALT: () => this.SUBRULE1(this.block) },
          ]);
        });
        return { kind: "If", span: this.since(start), condition, body, otherwise };
      }),
  );

  private readonly tryStatement = this.RULE("tryStatement", (): TryNode => {
    const start = this.CONSUME(T.Try);
    const body = this.SUBRULE(this.block);
    let recover: TryNode["recover"] = null;
    this.OPTION({
      // Elsewhere `recover` is a plain name: of an action, for one.
      GATE: () => this.isAt(T.LeftBrace, 2) || this.isAt(T.LeftBrace, 3),
      DEF: () => {
        this.CONSUME(T.Recover);
        const name = this.OPTION1(() => this.SUBRULE(this.name)) ?? null;
        recover = { name, body: this.SUBRULE1(this.block) };
      },
    });
    const ensure = this.SUBRULE(this.ensure);
    return { kind: "Try", span: this.since(start), body, recover, ensure };
  });

  private readonly waitStatement = this.RULE("waitStatement", (): WaitNode | WaitUntilNode => {
    const start = this.CONSUME(T.Wait);
    return this.OR([
      { ALT: () => this.SUBRULE(this.waitUntil, { ARGS: [start] }) },
      {
        ALT: (): WaitNode => {
          const duration = this.SUBRULE(this.expression);
          return { kind: "Wait", span: this.since(start), duration };
        },
      },
    ]);
  });

  private readonly waitUntil = this.RULE("waitUntil", (start: IToken): WaitUntilNode => {
    this.CONSUME(T.Until);
    const condition = this.SUBRULE(this.bareExpression);
    let every: ExpressionNode | null = null;
    let within: ExpressionNode | null = null;
    this.MANY(() => {
      this.OR([
        {
          ALT: () => {
            this.once(this.CONSUME(T.Every), every);
            every = this.SUBRULE(this.expression);
          },
        },
        {
          ALT: () => {
            this.once(this.CONSUME(T.Within), within);
            within = this.SUBRULE1(this.expression);
          },
        },
      ]);
    });
    return { kind: "WaitUntil", span: this.since(start), condition, every, within };
  });

  private readonly emitStatement = this.RULE("emitStatement", (): EmitNode => {
    const start = this.CONSUME(T.Emit);
    const name = this.SUBRULE(this.bareExpression);
    let fields: RecordNode | null = null;
    this.OPTION({
      GATE: () => this.onSameLine(),
      DEF: () => {
        fields = this.SUBRULE(this.record);
      },
    });
    return { kind: "Emit", span: this.since(start), name, fields };
  });

  private readonly failStatement = this.RULE("failStatement", (): FailNode => {
    const start = this.CONSUME(T.Fail);
    const message = this.SUBRULE(this.expression);
    return { kind: "Fail", span: this.since(start), message };
  });

  private readonly returnStatement = this.RULE("returnStatement", (): ReturnNode => {
    const start = this.CONSUME(T.Return);
    let value: ExpressionNode | null = null;
    this.OPTION({
      GATE: () => this.onSameLine(),
      DEF: () => {
        value = this.SUBRULE(this.expression);
      },
    });
    return { kind: "Return", span: this.since(start), value };
  });

  private readonly denyStatement = this.RULE("denyStatement", (): DenyNode => {
    const start = this.CONSUME(T.Deny);
    const reason = this.SUBRULE(this.expression);
    let when: ExpressionNode | null = null;
    this.OPTION(() => {
      this.CONSUME(T.When);
      when = this.SUBRULE(this.bareExpression);
    });
    return { kind: "Deny", span: this.since(start), reason, when };
  });

  private readonly chooseStatement = this.RULE("chooseStatement", (): ChooseNode => {
    const start = this.CONSUME(T.Choose);
    const nodes = this.SUBRULE(this.expression);
    return { kind: "Choose", span: this.since(start), nodes };
  });

  private readonly batchStatement = this.RULE("batchStatement", (): BatchNode => {
    const start = this.CONSUME(T.Batch);
    const size = this.SUBRULE(this.expression);
    let pause: ExpressionNode | null = null;
    this.OPTION(() => {
      this.CONSUME(T.Pause);
      pause = this.SUBRULE1(this.expression);
    });
    return { kind: "Batch", span: this.since(start), size, pause };
  });

  // Expressions

  private readonly expression = this.RULE(
    "expression",
    (): ExpressionNode =>
      this.nested(() => {
        const start = this.LA(1);
        const value = this.OR([
          { ALT: () => this.SUBRULE(this.conditional) },
          { GATE: () => this.atLambda(), ALT: () => this.SUBRULE(this.lambda) },
          { GATE: () => this.beginsExpression(), ALT: () => this.SUBRULE(this.binary, { ARGS: [0] }) },
          { ALT: () => this.missing() },
        ]);
        return this.ternary(start, value);
      }),
  );

  /** An expression in which a `{` outside brackets begins no record. */
  private readonly bareExpression = this.RULE("bareExpression", (): ExpressionNode => {
    const outer = this.inHeader;
    this.inHeader = true;
    const value = this.SUBRULE(this.expression);
    this.inHeader = outer;
    return value;
  });

  private readonly conditional = this.RULE("conditional", (): ExpressionNode => {
    const start = this.CONSUME(T.If);
    const condition = this.SUBRULE(this.expression);
    this.CONSUME(T.Then);
    const then = this.SUBRULE1(this.expression);
    this.CONSUME(T.Else);
    const otherwise = this.SUBRULE2(this.expression);
    return { kind: "Conditional", span: this.since(start), condition, then, otherwise };
  });

  private readonly lambda = this.RULE("lambda", (): ExpressionNode => {
    const start = this.LA(1);
    const parameters: NameNode[] = [];
    this.OR([
      { ALT: () => parameters.push(this.SUBRULE(this.name)) },
      {
        ALT: () => {
          this.CONSUME(T.LeftParen);
          this.MANY_SEP({ SEP: T.Comma, DEF: () => parameters.push(this.SUBRULE1(this.name)) });
          this.CONSUME(T.RightParen);
        },
      },
    ]);
    this.CONSUME(T.FatArrow);
    const body = this.SUBRULE(this.expression);
    return { kind: "Lambda", span: this.since(start), parameters, body };
  });

  /** Operands joined by operators that bind at least as tightly as `least`. */
  private readonly binary = this.RULE("binary", (least: number): ExpressionNode => {
    const start = this.LA(1);
    let left = this.SUBRULE(this.unary);
    let chain = 0;
    let compared = false;
    this.MANY({
      GATE: () => this.operatorPrecedence() >= least && !(this.isAt(T.Minus) && !this.onSameLine()),
      DEF: () => {
        const precedence = this.operatorPrecedence();
        const token = this.CONSUME(T.BinaryOperator);
        if (compared && precedence === comparisonPrecedence) {
          this.report(diagnose("chained-comparison", spanOf(token), { operator: token.image }));
        }
        compared = precedence === comparisonPrecedence;
        const right = this.SUBRULE(this.operand, { ARGS: [precedence + 1] });
        const operator = (token.tokenType.LABEL ?? "+") as BinaryOperator;
        const operatorSpan = spanOf(token);
        left = { kind: "Binary", span: this.since(start), operator, operatorSpan, left, right };
        chain++;
      },
    });
    this.longestChain = Math.max(this.longestChain, chain);
    return left;
  });

  /** What follows an operator. */
  private readonly operand = this.RULE(
    "operand",
    (least: number): ExpressionNode =>
      this.OR([
        { GATE: () => this.beginsExpression(), ALT: () => this.SUBRULE(this.binary, { ARGS: [least] }) },
        { ALT: () => this.missing() },
      ]),
  );

  private readonly unary = this.RULE(
    "unary",
    (): ExpressionNode =>
      this.OR([
        {
          ALT: (): ExpressionNode => {
            const start = this.CONSUME(T.Not);
            const of = this.nested(() => this.SUBRULE(this.operand, { ARGS: [notPrecedence] }));
            return { kind: "Unary", span: this.since(start), operator: "not", of };
          },
        },
        {
          ALT: (): ExpressionNode => {
            const start = this.CONSUME(T.Minus);
            const of = this.nested(() => this.SUBRULE1(this.operand, { ARGS: [negationPrecedence] }));
            return { kind: "Unary", span: this.since(start), operator: "-", of };
          },
        },
        { ALT: () => this.SUBRULE(this.postfix) },
      ]),
  );

  /** A value with `.member`, `[index]` and `(arguments)` behind it. */
  private readonly postfix = this.RULE("postfix", (): ExpressionNode => {
    const start = this.LA(1);
    let value = this.SUBRULE(this.primary);
    let chain = 0;
    this.MANY({
      GATE: () => this.isAt(T.Dot) || this.onSameLine(),
      DEF: () => {
        chain++;
        value = this.OR([
          {
            ALT: (): ExpressionNode => {
              this.CONSUME(T.Dot);
              const name = this.SUBRULE(this.word);
              return { kind: "Member", span: this.since(start), of: value, name };
            },
          },
          {
            ALT: (): ExpressionNode => {
              const open = this.opened(this.CONSUME(T.LeftBracket));
              const at = this.inBrackets(() => this.SUBRULE(this.expression));
              this.closed(open, T.RightBracket);
              return { kind: "Index", span: this.since(start), of: value, at };
            },
          },
          { ALT: () => this.SUBRULE(this.application, { ARGS: [start, value] }) },
        ]);
      },
    });
    this.longestChain = Math.max(this.longestChain, chain);
    return value;
  });

  private readonly application = this.RULE(
    "application",
    (start: IToken, callee: ExpressionNode): ApplyNode => {
      const open = this.opened(this.CONSUME(T.LeftParen));
      const applied: ArgumentNode[] = [];
      this.inBrackets(() =>
        this.separated(T.RightParen, "arguments", () => {
          applied.push(this.SUBRULE(this.argument));
        }),
      );
      this.closed(open, T.RightParen);
      this.checkArgumentOrder(applied);
      return { kind: "Apply", span: this.since(start), callee, arguments: applied };
    },
  );

  private readonly argument = this.RULE("argument", (): ArgumentNode => {
    const start = this.LA(1);
    let name: NameNode | null = null;
    this.OPTION({
      GATE: () => this.isAt(T.Colon, 2) || this.isAt(T.Assign, 2),
      DEF: () => {
        name = this.SUBRULE(this.word);
        this.fieldSign(name);
      },
    });
    const value = this.SUBRULE(this.expression);
    return { kind: "Argument", span: this.since(start), name, value };
  });

  private readonly primary = this.RULE(
    "primary",
    (): ExpressionNode =>
      this.OR([
        { ALT: () => this.number(this.CONSUME(T.NumberLiteral)) },
        { ALT: () => this.constant(this.CONSUME(T.True), true) },
        { ALT: () => this.constant(this.CONSUME(T.False), false) },
        { ALT: () => this.constant(this.CONSUME(T.None), null) },
        { ALT: () => this.SUBRULE(this.text) },
        { GATE: () => this.atNamedRecord(), ALT: () => this.SUBRULE(this.namedRecord) },
        { ALT: () => this.reference(this.CONSUME(T.Name)) },
        { ALT: () => this.SUBRULE(this.list) },
        { GATE: () => !this.inHeader, ALT: () => this.SUBRULE(this.record) },
        { ALT: () => this.SUBRULE(this.parenthesised) },
      ]),
  );

  private readonly parenthesised = this.RULE("parenthesised", (): ExpressionNode => {
    const open = this.opened(this.CONSUME(T.LeftParen));
    const value = this.inBrackets(() => this.SUBRULE(this.expression));
    this.closed(open, T.RightParen);
    return value;
  });

  private readonly list = this.RULE("list", (): ExpressionNode => {
    const open = this.opened(this.CONSUME(T.LeftBracket));
    const items: ExpressionNode[] = [];
    this.inBrackets(() =>
      this.separated(T.RightBracket, "items", () => {
        items.push(this.SUBRULE(this.expression));
      }),
    );
    this.closed(open, T.RightBracket);
    return { kind: "List", span: this.since(open), items };
  });

  private readonly namedRecord = this.RULE("namedRecord", (): RecordNode => {
    const start = this.LA(1);
    const name = this.SUBRULE(this.name);
    const { fields } = this.SUBRULE(this.record);
    return { kind: "Record", span: this.since(start), name, fields };
  });

  private readonly record = this.RULE(
    "record",
    (): RecordNode =>
      this.nested(() => {
        const open = this.opened(this.CONSUME(T.LeftBrace));
        const fields: FieldNode[] = [];
        this.inBrackets(() =>
          this.until(T.RightBrace, () => {
            fields.push(this.SUBRULE(this.field));
          }),
        );
        this.closed(open, T.RightBrace);
        return { kind: "Record", span: this.since(open), name: null, fields };
      }),
  );

  private readonly field = this.RULE("field", (): FieldNode => {
    const start = this.LA(1);
    const name = this.OR([
      { ALT: () => this.SUBRULE(this.word) },
      { ALT: () => this.quotedName(this.CONSUME(T.Text)) },
    ]);
    this.fieldSign(name);
    const first = this.SUBRULE(this.expression);
    const value = this.OPTION(() => this.SUBRULE(this.rangeAfter, { ARGS: [first] })) ?? first;
    return { kind: "Field", span: this.since(start), name, value };
  });

  /** `..10` after `2` or after `3 in 2`: the latter was read as a membership. */
  private readonly rangeAfter = this.RULE("rangeAfter", (first: ExpressionNode): RangeNode => {
    this.CONSUME(T.Range);
    const to = this.SUBRULE(this.expression);
    const [start, from] =
      first?.kind === "Binary" && first.operator === "in" ? [first.left, first.right] : [null, first];
    return {
      kind: "Range",
      span: { start: this.RECORDING_PHASE ? 0 : first.span.start, end: this.gap().end },
      start,
      from,
      to,
    };
  });

  private readonly text = this.RULE("text", (): TextNode => {
    const start = this.LA(1);
    const { multiline } = this.RECORDING_PHASE ? { multiline: false } : cookedText(start);
    const parts: (string | ExpressionNode)[] = [];
    const add = (token: IToken) => {
      if (!this.RECORDING_PHASE && cookedText(token).cooked !== "") parts.push(cookedText(token).cooked);
    };
    this.OR([
      { ALT: () => add(this.CONSUME(T.Text)) },
      {
        ALT: () => {
          add(this.CONSUME(T.TextOpen));
          parts.push(this.SUBRULE(this.hole));
          this.MANY(() => {
            add(this.CONSUME(T.TextMiddle));
            parts.push(this.SUBRULE1(this.hole));
          });
          add(this.CONSUME(T.TextClose));
        },
      },
    ]);
    if (parts.length === 0) parts.push("");
    return { kind: "Text", span: this.since(start), parts, multiline };
  });

  /** The expression between `{` and `}` in a text. A mistake in it spoils only this expression. */
  private readonly hole = this.RULE("hole", (): ExpressionNode => {
    let value: ExpressionNode = this.missing();
    this.recovering(
      () => {
        value = this.inBrackets(() => this.SUBRULE(this.expression));
        if (!this.RECORDING_PHASE && !this.isAt(T.TextMiddle) && !this.isAt(T.TextClose))
          this.fail(this.expected('"}"'));
      },
      () => {
        let texts = 0;
        this.skipWhile(() => {
          if (texts === 0 && (this.isAt(T.TextMiddle) || this.isAt(T.TextClose))) return false;
          texts += this.isAt(T.TextOpen) ? 1 : this.isAt(T.TextClose) ? -1 : 0;
          return true;
        });
      },
    );
    return value;
  });

  /** A path: a text without expressions in it. */
  private readonly plainText = this.RULE("plainText", (): TextNode => {
    if (!this.isAt(T.Text) && !this.isAt(T.TextOpen)) this.failUnlessRecording(() => this.expected("a text"));
    const text = this.SUBRULE(this.text);
    if (!this.RECORDING_PHASE && text.parts.some((part) => typeof part !== "string")) {
      this.report(diagnose("text-without-expression", text.span, { what: "a plugin's path" }));
    }
    return text;
  });

  // Names

  private readonly name = this.RULE("name", (): NameNode => this.named(this.CONSUME(T.Name)));

  /** A name in a place where words of the language are names too. */
  private readonly word = this.RULE("word", (): NameNode => this.named(this.CONSUME(T.Word)));

  // Nodes of one token

  private named(token: IToken): NameNode {
    return { kind: "Name", span: spanOf(token), text: token.image };
  }

  private quotedName(token: IToken): NameNode {
    const text = this.RECORDING_PHASE ? "" : cookedText(token).cooked;
    return { kind: "Name", span: spanOf(token), text };
  }

  private constant(token: IToken, value: boolean | null): ExpressionNode {
    return { kind: "Literal", span: spanOf(token), type: value === null ? "None" : "Bool", value };
  }

  private reference(token: IToken): ExpressionNode {
    const literal = foreignLiterals.get(token.image);
    if (literal === undefined) return { kind: "Reference", span: spanOf(token), name: token.image };
    this.report(diagnose("foreign-literal", spanOf(token), { found: token.image, instead: literal.write }));
    return this.constant(token, literal.value);
  }

  private number(token: IToken): ExpressionNode {
    const span = spanOf(token);
    const image = token.image;
    const read = readNumber(image);
    if ("type" in read) return { kind: "Literal", span, type: read.type, value: read.value };
    if (read.code === "unknown-unit") this.report(diagnose("unknown-unit", span, read));
    else if (read.code === "bad-number") this.report(diagnose("bad-number", span, { image, why: read.why }));
    else this.report(diagnose("number-too-large", span, { image }));
    return { kind: "Missing", span };
  }

  private missing(): MissingNode {
    return { kind: "Missing", span: this.gap() };
  }

  private missingName(): NameNode {
    return { kind: "Name", span: this.gap(), text: "" };
  }

  private doc(start: IToken): string | null {
    return this.RECORDING_PHASE ? null : docAbove(this.source, this.comments, start.startOffset);
  }

  // Looking ahead

  private operatorPrecedence(): number {
    const operator = this.LA(1).tokenType.LABEL as BinaryOperator;
    return precedenceOf[operator] ?? -1;
  }

  /** `n =>` or `(a, b) =>` */
  private atLambda(): boolean {
    if (this.isAt(T.Name)) return this.isAt(T.FatArrow, 2);
    if (!this.isAt(T.LeftParen)) return false;
    let ahead = 2;
    while (this.isAt(T.Name, ahead) || this.isAt(T.Comma, ahead)) ahead++;
    return this.isAt(T.RightParen, ahead) && this.isAt(T.FatArrow, ahead + 1);
  }

  /** `Report {` and then a field: a block never begins with a word and a colon. */
  private atNamedRecord(): boolean {
    if (this.inHeader || !this.isAt(T.LeftBrace, 2) || !this.onSameLine(2)) return false;
    if (this.isAt(T.RightBrace, 3)) return true;
    return (
      (this.isAt(T.Word, 3) || this.isAt(T.Text, 3)) && (this.isAt(T.Colon, 4) || this.isAt(T.Assign, 4))
    );
  }

  /** False, and a diagnostic, when no expression begins here. */
  private beginsExpression(): boolean {
    const isRecord = this.isAt(T.LeftBrace);
    if (this.isAtAny(expressionStarts) && !(isRecord && this.inHeader)) return true;
    const help = isRecord
      ? "write the value before the block; a record stands in parentheses here: ({ … })"
      : this.isAt(T.Word)
        ? `"${this.LA(1).image}" is a word of the language, not a name`
        : undefined;
    const span = this.isAt(EOF) || !this.onSameLine() ? this.gap() : spanOf(this.LA(1));
    this.report(diagnose("expected-expression", span, { found: this.found(), help }));
    return false;
  }

  // Mistakes that are worth a sentence of their own

  private failUnlessRecording(diagnostic: () => Parameters<typeof this.fail>[0]): void {
    if (!this.RECORDING_PHASE) this.fail(diagnostic());
  }

  private startDeclaration(): void {
    if (this.RECORDING_PHASE || this.isAtAny(declarationKeywords)) return;
    const next = this.LA(1);
    if (this.isAtAny([T.RightBrace, T.RightParen, T.RightBracket])) {
      this.fail(diagnose("unexpected-close", spanOf(next), { close: next.image }));
    }
    const near = this.isAt(T.Word) ? didYouMean(next.image, keywordsLike(declarationKeywords)) : undefined;
    const yaml = this.isAt(T.Colon, 2) || this.isAt(T.Minus);
    const statement = this.isAtAny(statementKeywords) || this.isAt(T.Dot, 2) || this.isAt(T.LeftParen, 2);
    const help =
      foreignDeclarations.get(next.image) ??
      (yaml ? "settings stand in a block: cluster name { size: 3 }" : near) ??
      (statement ? "statements stand in an action: action name(…) { … }" : undefined);
    this.fail(diagnose("unknown-declaration", spanOf(next), { found: this.found(), help }));
  }

  private startStatement(): void {
    if (this.RECORDING_PHASE) return;
    const next = this.LA(1);
    const starts = [
      ...statementKeywords,
      T.Name,
      T.LeftBrace,
      T.LeftParen,
      T.LeftBracket,
      T.Text,
      T.TextOpen,
      T.NumberLiteral,
    ];
    if (!this.isAtAny(starts)) {
      if (this.isAtAny([T.RightParen, T.RightBracket])) {
        this.fail(diagnose("unexpected-close", spanOf(next), { close: next.image }));
      }
      const help = this.isAt(T.Else)
        ? "else follows the } of an if"
        : this.isAt(T.Ensure)
          ? "ensure follows the } of a for or a try"
          : undefined;
      this.fail(diagnose("unknown-statement", spanOf(next), { found: this.found(), help }));
    }
    if (!this.isAt(T.Name) || this.isAtAny(statementKeywords)) return;
    const continuesCall = [T.Dot, T.LeftParen, T.LeftBracket, T.Assign, T.BinaryOperator].some((type) =>
      this.isAt(type, 2),
    );
    const aloneOnLine = this.isAt(T.RightBrace, 2) || this.isAt(EOF, 2) || !this.onSameLine(2);
    if (continuesCall || (aloneOnLine && !foreignStatements.has(next.image))) return;
    const help =
      this.isAtAny(declarationKeywords) && this.isAt(T.Word, 2)
        ? "declarations stand at the top level, outside every block"
        : (foreignStatements.get(next.image) ?? didYouMean(next.image, keywordsLike(statementKeywords)));
    this.fail(diagnose("unknown-statement", spanOf(next), { found: this.found(), help }));
  }

  /** Only a call may stand alone. */
  private checkCall(start: IToken, call: ExpressionNode): void {
    if (this.RECORDING_PHASE) return;
    if (this.isAt(T.Assign)) {
      const name = call.kind === "Reference" ? call.name : "name";
      this.fail(diagnose("assignment", spanOf(this.LA(1)), { name }));
    }
    if (this.isAt(T.BinaryOperator) && this.onSameLine())
      this.fail(diagnose("unused-value", this.since(start)));
    if (call.kind === "Apply" || call.kind === "Missing") return;
    const unused = diagnose("unused-value", this.since(start));
    if (this.onSameLine() && this.isAt(T.Word)) this.fail(unused);
    this.report(unused);
  }

  private checkArgumentOrder(applied: readonly ArgumentNode[]): void {
    if (this.RECORDING_PHASE) return;
    const firstNamed = applied.findIndex((argument) => argument.name !== null);
    const late = applied.find(
      (argument, index) => firstNamed !== -1 && index > firstNamed && argument.name === null,
    );
    if (late !== undefined) this.report(diagnose("positional-after-named", late.span));
  }

  /** The `:` of a field or an argument, or what people write instead. */
  private fieldSign(name: NameNode): void {
    if (this.RECORDING_PHASE || this.isAt(T.Colon)) {
      this.CONSUME(T.Colon);
    } else if (this.isAt(T.Assign) || this.isAt(T.FatArrow)) {
      this.report(diagnose("colon-for-field", spanOf(this.LA(1)), { name: name.text, found: this.found() }));
      this.SKIP_TOKEN();
    } else if (this.isAt(T.LeftBrace)) {
      this.report(diagnose("colon-for-field", spanOf(this.LA(1)), { name: name.text, found: "a block" }));
    } else {
      this.fail(this.expected(`":" after "${name.text}"`));
    }
  }

  /** The `=` of `let` or `profile`, or what people write instead. */
  private valueSign(after: string): void {
    if (!this.RECORDING_PHASE && this.isAt(T.Colon)) {
      this.report(diagnose("equals-for-value", spanOf(this.LA(1)), { after, found: '":"' }));
      this.SKIP_TOKEN();
    } else {
      this.CONSUME(T.Assign);
    }
  }

  /** `elif` and the like are reported and read as `else if`. */
  private foreignElse(): boolean {
    const word = this.LA(1);
    if (this.RECORDING_PHASE || !["elif", "elsif", "elseif"].includes(word.image)) return false;
    this.report(diagnose("else-if", spanOf(word), { found: this.found() }));
    word.tokenType = T.If;
    word.tokenTypeIdx = T.If.tokenTypeIdx!;
    return true;
  }

  /** `a ? b : c` */
  private ternary(start: IToken, condition: ExpressionNode): ExpressionNode {
    if (this.RECORDING_PHASE || !this.isAt(T.Question)) return condition;
    this.fail(diagnose("ternary", { start: this.startOf(start), end: spanOf(this.LA(1)).end }));
  }

  /** Reports a clause that is written twice. */
  private once(keyword: IToken, before: unknown): void {
    if (before === null || this.RECORDING_PHASE) return;
    this.report(diagnose("duplicate-clause", spanOf(keyword), { clause: keyword.image }));
  }
}
