import { readFileSync, writeFileSync } from "node:fs";
import { CliError } from "./cli-error.ts";
import { exitCodes } from "./exit-codes.ts";
import type { PlanAnswer } from "./wire.ts";

/** A program as it was sent to be planned. */
export interface SubmittedProgram {
  readonly path: string;
  readonly text: string;
  readonly imports: readonly { readonly path: string; readonly text: string }[];
  readonly parameters: Readonly<Record<string, string>>;
  /** Hashes by path. */
  readonly plugins: Readonly<Record<string, string>>;
}

/** What `coppice plan -o` writes: the program, what applying it would do, and what that was read from. */
export interface SavedPlan {
  readonly coppice_plan: 1;
  readonly saved_at: string;
  readonly program: SubmittedProgram;
  readonly plan: Pick<PlanAnswer, "changes" | "starts" | "reads">;
}

/** Writes a plan to a file that only its owner may read: parameters may be private. */
export function writeSavedPlan(file: string, program: SubmittedProgram, answer: PlanAnswer): void {
  const { changes, starts, reads } = answer;
  const saved: SavedPlan = {
    coppice_plan: 1,
    saved_at: new Date().toISOString(),
    program,
    plan: { changes, starts, reads },
  };
  try {
    writeFileSync(file, `${JSON.stringify(saved, null, 2)}\n`, { mode: 0o600 });
  } catch (error) {
    throw new CliError(exitCodes.failed, `can't write ${file}: ${(error as Error).message}`, {
      help: "Name a file in a folder that exists.",
      cause: error,
    });
  }
}

/** The plan in a file, or `null` when the file is something else: a program. */
export function readSavedPlan(file: string): SavedPlan | null {
  if (file === "-") return null;
  let text: string;
  try {
    text = readFileSync(file, "utf8");
  } catch {
    return null; // whoever reads it as a program says why it can't be read
  }
  if (!/^\s*\{\s*"coppice_plan"\s*:/.test(text)) return null;
  try {
    const saved = JSON.parse(text) as SavedPlan;
    if (saved.coppice_plan === 1) return saved; // the server checks what is in it
  } catch {
    // cut off, or edited
  }
  throw new CliError(exitCodes.usage, `${file} is no plan that this version of Coppice can read`, {
    help: "Make it anew with: coppice plan FILE.coppice -o FILE",
  });
}
