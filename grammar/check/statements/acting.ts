import type {
  ArgumentsStep,
  AskStep,
  GiveStep,
  InvokeStep,
  LifecycleStep,
  OperateStep,
  PerformStep,
  PrimitiveStep,
} from "../../plan.ts";
import type { Type } from "../../types.ts";
import type { Typed } from "../types/typed.ts";

/** What a call turns out to be: a value that is computed, or something that acts. */
export type Called = { readonly value: Typed } | { readonly acting: Acting };

/** A checked call that acts, without its place in the plan: the statement around it adds that. */
export interface Acting {
  readonly call: ActingCall;
  /** `null`: it gives nothing. */
  readonly result: Type | null;
  /** In words: `action "roll"`. */
  readonly what: string;
}

export type ActingCall =
  | Pick<OperateStep, "kind" | "node" | "operation" | "arguments">
  | Pick<PerformStep, "kind" | "action" | "arguments">
  | Pick<InvokeStep, "kind" | "plugin" | "function" | "arguments">
  | Pick<PrimitiveStep, "kind" | "primitive" | "arguments">
  | Pick<AskStep, "kind" | "cluster" | "function" | "arguments">
  | Pick<ArgumentsStep, "kind" | "arguments">
  | Pick<GiveStep, "kind" | "properties">
  | Pick<LifecycleStep, "kind" | "node" | "hook" | "within">;
