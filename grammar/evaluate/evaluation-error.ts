import type { Position } from "../spans.ts";

/** Codes of faults that only running can show. They are part of a failure and never renamed. */
export const evaluationCodes = [
  "division-by-zero",
  "number-too-large",
  "index-out-of-range",
  "missing-key",
  "wrong-shape",
  "text-too-long",
  "evaluation-too-long",
  "node-is-gone",
  "cluster-is-gone",
  "bad-plan",
] as const;
export type EvaluationCode = (typeof evaluationCodes)[number];

/** A fault of an expression while a program runs: the one exception of `grammar`. `at` is the place in the source. */
export class EvaluationError extends Error {
  readonly code: EvaluationCode;
  readonly help: string | undefined;
  readonly at: Position;

  constructor(code: EvaluationCode, message: string, at: Position, help?: string) {
    super(message);
    this.name = "EvaluationError";
    this.code = code;
    this.help = help;
    this.at = at;
  }
}
