import { styleText } from "node:util";

/** Options that every command has. */
export interface OutputOptions {
  readonly json?: boolean;
  readonly color?: boolean;
  readonly debug?: boolean;
}

export type Style = "bold" | "dim" | "red" | "green" | "yellow" | "blue" | "cyan";

/** Where a command writes: results to stdout, everything else to stderr. With `--json` stdout holds JSON only. */
export interface Output {
  readonly json: boolean;
  readonly color: boolean;
  /** Whether stderr is a terminal on which a line can be rewritten. */
  readonly live: boolean;
  /** A line of the result, for people; nothing with `--json`. */
  line(text?: string): void;
  /** The result for machines, one line of JSON; nothing without `--json`. */
  data(value: unknown): void;
  /** A line about what is going on, to stderr; nothing with `--json`. */
  note(text: string): void;
  paint(style: Style, text: string): string;
}

/** Opens the output as the command's options, `NO_COLOR`, `FORCE_COLOR` and the terminal say. */
export function openOutput(options: OutputOptions, env: NodeJS.ProcessEnv = process.env): Output {
  const json = options.json === true;
  const color = !json && wantsColor(options.color, env);
  return {
    json,
    color,
    live: !json && process.stderr.isTTY === true && env["TERM"] !== "dumb",
    line(text = "") {
      if (!json) process.stdout.write(`${text}\n`);
    },
    data(value) {
      if (json) process.stdout.write(`${JSON.stringify(value)}\n`);
    },
    note(text) {
      if (!json) process.stderr.write(`${text}\n`);
    },
    paint: (style, text) => (color ? styleText(style, text, { validateStream: false }) : text),
  };
}

/** `--color` and `--no-color` win, then `NO_COLOR` and `FORCE_COLOR`, then whether stdout is a terminal. */
export function wantsColor(asked: boolean | undefined, env: NodeJS.ProcessEnv): boolean {
  if (asked !== undefined) return asked;
  if (env["NO_COLOR"]) return false;
  if (env["FORCE_COLOR"] && env["FORCE_COLOR"] !== "0") return true;
  return process.stdout.isTTY === true && env["TERM"] !== "dumb";
}
