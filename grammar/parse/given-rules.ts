import type {
  ExpressionNode,
  GivenApprovalNode,
  GivenCallNode,
  GivenClusterNode,
  GivenLockNode,
  GivenNodeNode,
  GivenTimeNode,
  NameNode,
  TestNodeRefNode,
} from "../syntax.ts";
import * as T from "./tokens.ts";
import { TriggerRules } from "./trigger-rules.ts";

type GivenNode =
  | GivenClusterNode
  | GivenNodeNode
  | GivenCallNode
  | GivenApprovalNode
  | GivenTimeNode
  | GivenLockNode;

/** `given …`: the world in which a test runs its actions. */
export abstract class GivenRules extends TriggerRules {
  protected readonly given = this.RULE("givenStatement", (): GivenNode => {
    const named = this.givesByName();
    return this.OR([
      { GATE: () => !named && this.isAt(T.Node, 2), ALT: () => this.SUBRULE(this.givenNode) },
      { GATE: () => !named && this.isAt(T.Approval, 2), ALT: () => this.SUBRULE(this.givenApproval) },
      { GATE: () => !named && this.isAt(T.Time, 2), ALT: () => this.SUBRULE(this.givenTime) },
      { GATE: () => !named && this.isAt(T.Lock, 2), ALT: () => this.SUBRULE(this.givenLock) },
      { GATE: () => this.isAt(T.Of, 3), ALT: () => this.SUBRULE(this.givenCluster) },
      { ALT: () => this.SUBRULE(this.givenCall) },
    ]);
  });

  /** `given NAME of …`, `given NAME.f …`, `given NAME fails …`: there each word may be the name of something. */
  private givesByName(): boolean {
    return [T.Of, T.Dot, T.Fails, T.Takes, T.Returns].some((type) => this.isAt(type, 3));
  }

  private readonly givenNode = this.RULE("givenNode", (): GivenNodeNode => {
    const start = this.CONSUME(T.Given);
    const node = this.SUBRULE(this.testNodeRef);
    this.CONSUME(T.Is);
    const state = this.SUBRULE(this.word);
    return { kind: "GivenNode", span: this.since(start), node, state };
  });

  private readonly testNodeRef = this.RULE("testNodeRef", (): TestNodeRefNode => {
    const start = this.CONSUME(T.Node);
    const index = this.SUBRULE(this.expression);
    let cluster: NameNode | null = null;
    this.OPTION(() => {
      this.CONSUME(T.Of);
      cluster = this.SUBRULE(this.name);
    });
    return { kind: "TestNodeRef", span: this.since(start), index, cluster };
  });

  private readonly givenApproval = this.RULE("givenApproval", (): GivenApprovalNode => {
    const start = this.CONSUME(T.Given);
    this.CONSUME(T.Approval);
    const answer = this.SUBRULE(this.word);
    let after: ExpressionNode | null = null;
    this.OPTION(() => {
      this.CONSUME(T.After);
      after = this.SUBRULE(this.expression);
    });
    return { kind: "GivenApproval", span: this.since(start), answer, after };
  });

  private readonly givenTime = this.RULE("givenTime", (): GivenTimeNode => {
    const start = this.CONSUME(T.Given);
    this.CONSUME(T.Time);
    const time = this.SUBRULE(this.expression);
    return { kind: "GivenTime", span: this.since(start), time };
  });

  private readonly givenLock = this.RULE("givenLock", (): GivenLockNode => {
    const start = this.CONSUME(T.Given);
    this.CONSUME(T.Lock);
    const name = this.SUBRULE(this.expression);
    this.CONSUME(T.Taken);
    this.CONSUME(T.For);
    const duration = this.SUBRULE1(this.expression);
    return { kind: "GivenLock", span: this.since(start), name, duration };
  });

  private readonly givenCluster = this.RULE("givenCluster", (): GivenClusterNode => {
    const start = this.CONSUME(T.Given);
    const cluster = this.SUBRULE(this.name);
    this.CONSUME(T.Of);
    const count = this.SUBRULE(this.expression);
    this.OPTION(() => {
      this.OR([{ ALT: () => this.CONSUME(T.Nodes) }, { ALT: () => this.CONSUME(T.Node) }]);
    });
    return { kind: "GivenCluster", span: this.since(start), cluster, count };
  });

  private readonly givenCall = this.RULE("givenCall", (): GivenCallNode => {
    const start = this.CONSUME(T.Given);
    let operation = this.SUBRULE(this.word);
    let plugin: NameNode | null = null;
    this.OPTION(() => {
      this.CONSUME(T.Dot);
      plugin = operation;
      operation = this.SUBRULE1(this.word);
    });
    let effect: GivenCallNode["effect"] = "fails";
    let value: ExpressionNode | null = null;
    if (!this.isAtAny([T.Fails, T.Takes, T.Returns])) {
      const forms =
        "`given shop of 3 nodes`, `given node 2 is sick`, `given update fails`, `takes 30s` or `returns …`";
      this.failUnlessRecording(() => this.expected("what is given", `write ${forms}`));
    }
    this.OR([
      { ALT: () => this.CONSUME(T.Fails) },
      {
        ALT: () => {
          this.CONSUME(T.Takes);
          effect = "takes";
          value = this.SUBRULE(this.expression);
        },
      },
      {
        ALT: () => {
          this.CONSUME(T.Returns);
          effect = "returns";
          value = this.SUBRULE1(this.expression);
        },
      },
    ]);
    let node: TestNodeRefNode | null = null;
    let code: ExpressionNode | null = null;
    let times: ExpressionNode | null = null;
    let final = false;
    this.MANY(() => {
      this.OR1([
        {
          ALT: () => {
            this.once(this.CONSUME(T.On), node);
            node = this.SUBRULE(this.testNodeRef);
          },
        },
        {
          ALT: () => {
            this.once(this.CONSUME(T.With), value);
            value = this.SUBRULE2(this.expression);
          },
        },
        {
          ALT: () => {
            this.once(this.CONSUME(T.Code), code);
            code = this.SUBRULE3(this.expression);
          },
        },
        {
          ALT: () => {
            this.once(this.CONSUME(T.Times), times);
            times = this.SUBRULE4(this.expression);
          },
        },
        {
          ALT: () => {
            this.once(this.CONSUME1(T.For), final ? final : null);
            this.CONSUME(T.Good);
            final = true;
          },
        },
      ]);
    });
    const span = this.since(start);
    return { kind: "GivenCall", span, plugin, operation, effect, node, value, code, times, final };
  });
}
