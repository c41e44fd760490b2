import { createInterface } from "node:readline/promises";
import { CliError } from "./cli-error.ts";
import { exitCodes } from "./exit-codes.ts";

/** Asks a person for a plain `yes`; `look` is the command that shows what it is about. Throws `refused` for anything else, and where nobody can answer. */
export async function confirm(question: string, flag: string, look = "coppice plan"): Promise<void> {
  if (!process.stdin.isTTY || !process.stderr.isTTY) {
    throw new CliError(
      exitCodes.refused,
      "this needs somebody's consent, and there is no terminal to ask on",
      {
        help: `Look at what it would do with: ${look}; then give consent with ${flag}.`,
      },
    );
  }
  const prompt = createInterface({ input: process.stdin, output: process.stderr });
  try {
    const answer = await prompt.question(`${question} [yes/no] `);
    if (/^y(es)?$/i.test(answer.trim())) return;
  } finally {
    prompt.close();
  }
  throw new CliError(exitCodes.refused, "nothing was changed");
}
