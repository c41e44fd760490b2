import { withFix } from "../diagnostics/fixes.ts";
import type {
  ActionNode,
  AllowNode,
  ClusterNode,
  EnumNode,
  ExpressionNode,
  HookNode,
  ImportNode,
  NameNode,
  ParameterNode,
  ParamNode,
  PluginNode,
  PolicyNode,
  ProfileNode,
  RecordNode,
  RecordTypeNode,
  SecretNode,
  TextNode,
  TypeNode,
} from "../syntax.ts";
import { spanOf } from "./lexer.ts";
import { TestRules } from "./test-rules.ts";
import * as T from "./tokens.ts";

/** What stands at the top level of a program. */
export abstract class DeclarationRules extends TestRules {
  protected readonly import = this.RULE("importDeclaration", (): ImportNode => {
    const start = this.CONSUME(T.Import);
    this.foreignImport();
    const from = this.SUBRULE(this.plainText, { ARGS: ["a file's path"] });
    this.foreignImportName();
    let version: TextNode | null = null;
    this.OPTION(() => {
      this.CONSUME(T.Version);
      version = this.SUBRULE1(this.plainText, { ARGS: ["a version"] });
    });
    return { kind: "Import", span: this.since(start), from, version };
  });

  protected readonly plugin = this.RULE("pluginDeclaration", (): PluginNode => {
    const start = this.CONSUME(T.Plugin);
    const doc = this.doc(start);
    const name = this.SUBRULE(this.name);
    this.CONSUME(T.From);
    const from = this.SUBRULE(this.plainText, { ARGS: ["a plugin's path"] });
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

  protected readonly allow = this.RULE("allowLine", (): AllowNode => {
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

  protected readonly param = this.RULE("paramDeclaration", (): ParamNode => {
    const start = this.CONSUME(T.Param);
    const doc = this.doc(start);
    const { name, type, value } = this.SUBRULE(this.parameter);
    return { kind: "Param", span: this.since(start), doc, name, type, value };
  });

  protected readonly secret = this.RULE("secretDeclaration", (): SecretNode => {
    const start = this.CONSUME(T.Secret);
    const doc = this.doc(start);
    const name = this.SUBRULE(this.name);
    this.valueSign(`secret "${name.text}"`);
    const first = this.SUBRULE(this.word);
    let store: NameNode | null = null;
    this.OPTION(() => {
      this.CONSUME(T.Dot);
      store = this.SUBRULE1(this.word);
    });
    const open = this.opened(this.CONSUME(T.LeftParen));
    const key = this.SUBRULE(this.plainText, { ARGS: ["a secret's source"] });
    this.closed(open, T.RightParen);
    const [plugin, source] = store === null ? [null, first] : [first, store];
    return { kind: "Secret", span: this.since(start), doc, name, plugin, source, key };
  });

  protected readonly enum = this.RULE("enumDeclaration", (): EnumNode => {
    const start = this.CONSUME(T.Enum);
    const doc = this.doc(start);
    const name = this.SUBRULE(this.name);
    const foreign = this.foreignEnum();
    if (foreign !== null) return { kind: "Enum", span: this.since(start), doc, name, members: foreign };
    const open = this.opened(this.CONSUME(T.LeftBrace));
    const members: NameNode[] = [];
    this.until(T.RightBrace, () => {
      this.foreignMember();
      members.push(this.SUBRULE1(this.name));
      this.skipMemberValue();
    });
    this.closed(open, T.RightBrace);
    return { kind: "Enum", span: this.since(start), doc, name, members };
  });

  protected readonly recordType = this.RULE("recordType", (): RecordTypeNode => {
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

  protected readonly profile = this.RULE("profileDeclaration", (): ProfileNode => {
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

  protected readonly cluster = this.RULE("clusterDeclaration", (): ClusterNode => {
    const start = this.CONSUME(T.Cluster);
    const doc = this.doc(start);
    const name = this.SUBRULE(this.name);
    const { fields } = this.SUBRULE(this.record);
    return { kind: "Cluster", span: this.since(start), doc, name, fields };
  });

  protected readonly policy = this.RULE("policyDeclaration", (): PolicyNode => {
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

  /** `scale-in` for `scale_in`: reported, and read as it was meant. */
  private hyphenated(name: NameNode): NameNode {
    if (this.RECORDING_PHASE || !this.isAt(T.Minus) || !this.isAt(T.Word, 2)) return name;
    const second = this.LA(2);
    const span = { start: name.span.start, end: spanOf(second).end };
    const text = `${name.text}_${second.image}`;
    this.report(withFix(this.expected("an action's name", `write ${text}`), span, text));
    this.SKIP_TOKEN();
    this.SKIP_TOKEN();
    return { kind: "Name", span, text };
  }

  protected readonly hook = this.RULE("hook", (): HookNode => {
    const start = this.LA(1);
    if (!this.isAtAny([T.Before, T.After, T.Ensure, T.Attach, T.Detach]))
      this.failUnlessRecording(() => this.expected('"before" or "after"'));
    let phase: HookNode["phase"] = "before";
    const actions: NameNode[] = [];
    let priority: ExpressionNode | null = null;
    let when: ExpressionNode | null = null;
    this.beforeBlock(() => {
      this.OR([
        {
          ALT: () => {
            this.OR2([
              { ALT: () => this.CONSUME(T.Before) },
              {
                ALT: () => {
                  this.CONSUME(T.After);
                  phase = "after";
                },
              },
              {
                ALT: () => {
                  this.CONSUME(T.Ensure);
                  phase = "ensure";
                },
              },
            ]);
            this.AT_LEAST_ONE_SEP({
              SEP: T.Comma,
              DEF: () => actions.push(this.hyphenated(this.SUBRULE(this.word))),
            });
          },
        },
        {
          ALT: () => {
            this.CONSUME(T.Attach);
            phase = "attach";
          },
        },
        {
          ALT: () => {
            this.CONSUME(T.Detach);
            phase = "detach";
          },
        },
      ]);
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

  protected readonly action = this.RULE("actionDeclaration", (): ActionNode => {
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
}
