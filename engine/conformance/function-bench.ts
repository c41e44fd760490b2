import type { Json } from "../../grammar/plan.ts";
import { CheckFailure, describeFailure } from "./check.ts";
import type { CallOptions, Outcome, Workbench } from "./workbench.ts";

/** Calls one function of a plugin that belongs to no node. */
export class FunctionBench {
  readonly workbench: Workbench;
  readonly name: string;
  /** `null`: nobody said what it may be called with, so it isn't called. */
  readonly arguments: Readonly<Record<string, Json>> | null;

  constructor(workbench: Workbench, name: string, values: Readonly<Record<string, Json>> | null) {
    this.workbench = workbench;
    this.name = name;
    this.arguments = values;
  }

  attempt(options: CallOptions = {}): Promise<Outcome> {
    const target = { kind: "function", function: this.name } as const;
    return this.workbench.attempt(
      target,
      { key: `conformance-${this.name}`, arguments: this.arguments },
      options,
    );
  }

  /** Throws `CheckFailure`. */
  async answers(): Promise<Outcome & { ok: true }> {
    const outcome = await this.attempt();
    if (outcome.ok) return outcome;
    throw new CheckFailure(`${this.name} failed: ${describeFailure(outcome.failure)}`);
  }
}
