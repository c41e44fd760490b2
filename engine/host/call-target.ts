import type { OtherKind } from "../../plugins/sdk/kinds.ts";
import { standardOperations } from "../../plugins/sdk/manifest.ts";

/** What of a plugin is called. */
export type CallTarget =
  | { readonly kind: "operation"; readonly profile: string; readonly operation: string }
  /** One standard operation on many nodes. */
  | { readonly kind: "batch"; readonly profile: string; readonly operation: string }
  | { readonly kind: "function"; readonly function: string }
  /** `decide` of a policy type, `poll` of a source, `send` of a notifier … */
  | {
      readonly kind: "other";
      readonly of: OtherKind;
      readonly name: string;
      readonly operation: string;
    };

/** Whether the call gives a secret's value: it is the one whose answer may hold one. */
export function isStoreRead(target: CallTarget): boolean {
  return target.kind === "other" && target.of === "secret_stores";
}

/** Which part of a call is meant: its begin, or a question about what was accepted. */
export type CallPart = "begin" | "poll" | "cancel";

/** For people: `container.create`, a function's name, `policies.spread.decide`. */
export function targetName(target: CallTarget): string {
  switch (target.kind) {
    case "function":
      return target.function;
    case "operation":
      return `${target.profile}.${target.operation}`;
    case "batch":
      return `${target.profile}.batch.${target.operation}`;
    case "other":
      return `${target.of}.${target.name}.${target.operation}`;
  }
}

/** Where the code's function is in the default export: `profiles.container.create`. */
export function targetPath(target: CallTarget, part: CallPart): string {
  switch (target.kind) {
    case "function":
      return part === "begin" ? `functions.${target.function}` : part;
    case "operation": {
      const standard = (standardOperations as readonly string[]).includes(target.operation);
      const name = part === "begin" ? `${standard ? "" : "operations."}${target.operation}` : part;
      return `profiles.${target.profile}.${name}`;
    }
    case "batch":
      return `profiles.${target.profile}.batch.${target.operation}`;
    case "other":
      return `${target.of}.${target.name}.${target.operation}`;
  }
}
