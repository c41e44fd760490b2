import type { EvaluationCode } from "../evaluate/evaluation-error.ts";
import type { Value } from "../plan.ts";
import type { Type } from "../types.ts";
import type { World } from "../world.ts";

/** A pure function of the language, called on its receiver: `nodes.count(n => n.healthy)`. */
export interface LibraryFunction {
  /** `List.count`: the receiver's type and the name. */
  readonly name: string;
  readonly receiver: Type;
  readonly parameters: readonly { readonly name: string; readonly type: Type; readonly optional?: true }[];
  readonly result: Type;
  /** What a type variable `T` must be able to do. */
  readonly requires?: "sortable" | "summable" | "text";
  /** One sentence for the reference page and for editors. */
  readonly doc: string;
  /** For one that should not be used any more: the name of another function of the same receiver, and why. */
  readonly deprecated?: { readonly use?: string; readonly why: string };
  run(call: FunctionCall): Value;
}

/** What a library function sees of its call. The checker has seen to the types; the getters narrow them. */
export interface FunctionCall {
  readonly world: World;
  /** Whether argument `index` was given; the receiver is argument 0. */
  has(index: number): boolean;
  value(index: number): Value;
  list(index: number): readonly Value[];
  record(index: number): Readonly<Record<string, Value>>;
  text(index: number): string;
  number(index: number): number;
  /** The lambda in argument `index`, ready to be called. */
  lambda(index: number): (...values: readonly Value[]) => Value;
  /** Counts work against the step budget: call it with the length of what is walked through or made. */
  charge(steps: number): void;
  fail(code: EvaluationCode, message: string, help?: string): never;
}
