import type { Value } from "../../grammar/plan.ts";

/** A piece of a program's text that can be left out: a line, or blocks one after the other. */
export type Piece =
  | { readonly line: string }
  /** `if a { … } else { … }`: each block with what stands before its brace. */
  | { readonly blocks: readonly { readonly head: string; readonly body: readonly Piece[] }[] };

/** What goes wrong, or is asked for, when a driver is called. */
export interface Fault {
  /** As the program calls it: `update`. */
  readonly operation: string;
  /** `shop-2`; `null` for a plugin's function. */
  readonly node: string | null;
  /** Begins the text that a function is called with. */
  readonly text?: string;
  /** The how manieth try of that operation on that node, from 1. */
  readonly nth: number;
  /** `slow` takes longer than any time-out that programs here have; `cancel` cancels the run before the call goes on. */
  readonly kind: "retryable" | "final" | "slow" | "cancel";
}

/** A program, and all that decides how a run of it goes: the same in every runtime. */
export interface Scenario {
  readonly pieces: readonly Piece[];
  /** What the program imports as `./shared.coppice`. */
  readonly imported?: readonly Piece[];
  readonly action: string;
  /** Clusters by name. */
  readonly inputs: Readonly<Record<string, Value>>;
  readonly faults: readonly Fault[];
  /** Answers to questions by their text; yes where it says nothing. */
  readonly answers: Readonly<Record<string, "granted" | "refused" | "absent">>;
  /** Locks that somebody else holds for ever. */
  readonly locked: readonly string[];
  /** Nodes that are sick, and nodes whose resource is lost. */
  readonly sick: readonly string[];
  readonly missing: readonly string[];
  readonly override: boolean;
  /** Cancels the run when it waits for nothing but what takes an hour or longer. */
  readonly cancelWhenStill?: boolean;
  /** No lanes run side by side: then the order of everything is decided. */
  readonly sequential: boolean;
}

/** The program's text. */
export function textOf(pieces: readonly Piece[], indent = ""): string {
  return pieces
    .map((piece) => {
      if ("line" in piece) return `${indent}${piece.line}\n`;
      const blocks = piece.blocks.map(
        ({ head, body }) => `${head}${head === "" ? "" : " "}{\n${textOf(body, `${indent}  `)}${indent}}`,
      );
      return `${indent}${blocks.join(" ")}\n`;
    })
    .join("");
}
