import type { Json } from "../../grammar/plan.ts";
import type { OtherKind } from "../../plugins/sdk/kinds.ts";
import { CheckFailure, describeFailure } from "./check.ts";
import type { OtherCase } from "./subject.ts";
import type { CallOptions, Outcome, Workbench } from "./workbench.ts";

/** Prepares a question that may be asked thousands of times; `end` undoes what it needed. */
export type AskOften = (
  bench: KindBench,
) => Promise<{ readonly call: () => Promise<Outcome>; readonly end: () => Promise<void> }>;

/** Calls one policy type, source, notifier, secret store or lock service of a plugin. */
export class KindBench {
  readonly workbench: Workbench;
  readonly kind: OtherKind;
  readonly name: string;
  readonly case: OtherCase;
  /** Unique to this bench, for names of locks. */
  readonly run = `${process.pid.toString(36)}-${Date.now().toString(36)}`;

  constructor(workbench: Workbench, kind: OtherKind, name: string, given: OtherCase) {
    this.workbench = workbench;
    this.kind = kind;
    this.name = name;
    this.case = given;
  }

  attempt(operation: string, call: Json, options: CallOptions = {}): Promise<Outcome> {
    const target = { kind: "other", of: this.kind, name: this.name, operation } as const;
    return this.workbench.attempt(target, call, options);
  }

  /** Throws `CheckFailure`. */
  async ask(operation: string, call: Json, options: CallOptions = {}): Promise<Json> {
    const outcome = await this.attempt(operation, call, options);
    if (outcome.ok) return outcome.value;
    const { failure } = outcome;
    throw new CheckFailure(`${operation} failed: ${describeFailure(failure)}`, {
      ...(failure.help === undefined ? {} : { help: failure.help }),
      cause: failure,
    });
  }

  /** Fails unless the call fails retryably when nothing can be reached; one that asks nobody passes. */
  async failsUnreachable(operation: string, call: Json): Promise<void> {
    const outcome = await this.attempt(operation, call, { disturbance: { kind: "unreachable" } });
    if (outcome.requests === 0) return;
    if (outcome.ok)
      throw new CheckFailure(`${operation} succeeded, though nothing could be reached`, {
        help: "an error of the host is no answer: don't catch what you can't tell apart",
      });
    if (!outcome.failure.retryable)
      throw new CheckFailure(`${operation} failed: ${describeFailure(outcome.failure)}`, {
        help: "pass the host's error on, or throw a DriverError with retryable: true",
      });
  }
}
