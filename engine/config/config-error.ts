import { type Problem, showProblem } from "./problem.ts";

/** All mistakes in flags, environment and file, told together. */
export class ConfigError extends Error {
  readonly mistakes: readonly Problem[];
  /** How to mend the mistake, when it is the only one; else the message says it of each. */
  readonly help: string | undefined;

  constructor(mistakes: readonly Problem[]) {
    const [first] = mistakes;
    super(
      first !== undefined && mistakes.length === 1
        ? showProblem(first)
        : `the configuration has ${mistakes.length} mistakes${mistakes
            .map((mistake) => `\n  ${showProblem(mistake)}\n    help: ${mistake.help}`)
            .join("")}`,
    );
    this.name = "ConfigError";
    this.mistakes = mistakes;
    this.help = mistakes.length === 1 ? first?.help : undefined;
  }
}
