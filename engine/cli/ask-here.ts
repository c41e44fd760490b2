import { createInterface } from "node:readline/promises";
import type { ApproveOutcome, ApproveRequest } from "../../workflows/activities.ts";
import type { ProgressLine } from "./progress-line.ts";

/** Asks the person at this terminal. Without a terminal the answer is no, unless `yes` was said beforehand. */
export async function askHere(
  q: ApproveRequest,
  signal: AbortSignal,
  options: { readonly yes: boolean; readonly line: ProgressLine },
): Promise<ApproveOutcome> {
  const who = q.role === null ? "" : ` (${q.role})`;
  if (options.yes) {
    options.line.say(`${q.message}${who} yes, as --yes says`);
    return { answer: "granted", by: "you", reason: "--yes" };
  }
  if (!process.stdin.isTTY || !process.stderr.isTTY) {
    const reason = "there is no terminal to ask on; --yes answers with yes";
    return { answer: "refused", by: "coppice run --local", reason };
  }
  options.line.end();
  const prompt = createInterface({ input: process.stdin, output: process.stderr });
  try {
    const limit = AbortSignal.any([signal, AbortSignal.timeout(Math.min(q.withinMs, longest))]);
    const said = await prompt.question(`${q.message}${who} [yes/no] `, { signal: limit });
    return { answer: /^y(es)?$/i.test(said.trim()) ? "granted" : "refused", by: "you", reason: null };
  } catch (error) {
    if ((error as Error).name !== "AbortError" && (error as Error).name !== "TimeoutError") throw error;
    return { answer: "absent", by: null, reason: null };
  } finally {
    prompt.close();
  }
}

/** The longest that a timer of Node's takes. */
const longest = 2 ** 31 - 1;
