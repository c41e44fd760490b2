import type { Expression } from "./plan.ts";
import type { Position } from "./spans.ts";

/** A `test` block, checked. Tests are no part of a plan: changing one makes no new version of the program. */
export interface PlanTest {
  readonly name: string;
  readonly at: Position;
  /** Runs once for each item, as `name`; once when `null`. */
  readonly cases: { readonly name: string; readonly list: Expression } | null;
  readonly statements: readonly TestStatement[];
}

interface StatementBase {
  readonly at: Position;
}

export type TestStatement =
  | (StatementBase & { readonly kind: "let"; readonly name: string; readonly value: Expression })
  | (StatementBase & { readonly kind: "given_cluster"; readonly cluster: string; readonly count: Expression })
  | (StatementBase & {
      readonly kind: "given_node";
      readonly node: TestNodeRef;
      readonly state: "sick" | "broken" | "missing";
    })
  | GivenCall
  | (StatementBase & {
      readonly kind: "given_approval";
      readonly answer: "granted" | "refused" | "absent";
      readonly after: Expression | null;
    })
  | (StatementBase & { readonly kind: "given_time"; readonly milliseconds: number })
  | (StatementBase & {
      readonly kind: "given_lock";
      readonly name: Expression;
      readonly duration: Expression;
    })
  | RunStatement
  | (StatementBase & { readonly kind: "expect"; readonly condition: Expression });

/** A node by its index, from 1. */
export interface TestNodeRef {
  readonly cluster: string;
  readonly index: Expression;
}

/** What a driver does when it is called: the first `given` that fits and has `times` left. */
export interface GivenCall extends StatementBase {
  readonly kind: "given_call";
  /** Alias, for a function; `null` for an operation on a node. */
  readonly plugin: string | null;
  readonly operation: string;
  readonly node: TestNodeRef | null;
  readonly effect:
    | {
        readonly kind: "fails";
        readonly message: Expression | null;
        readonly code: Expression | null;
        readonly retryable: boolean;
      }
    | { readonly kind: "takes"; readonly duration: Expression }
    | { readonly kind: "returns"; readonly value: Expression };
  readonly times: Expression | null;
}

/**
 * One action. Expressions behind it see `result` (its value), `failure` (`{ message, code, line }` or none), `calls`
 * (each `{ operation, node, arguments, ok, at }`), `events` (each `{ name, fields, at }`), `warnings` (texts) and `elapsed`,
 * all of the last run; `at` and `elapsed` are Durations of virtual time.
 */
export interface RunStatement extends StatementBase {
  readonly kind: "run";
  readonly action: string;
  readonly arguments: Readonly<Record<string, Expression>>;
  readonly override: Expression | null;
  readonly cancelAfter: Expression | null;
  readonly expect: {
    readonly end: "failure" | "denied" | "cancelled";
    readonly message: Expression | null;
  } | null;
}
