import { detailsOf, titleOf } from "./print-tests.ts";
import type { TestResults } from "./test-programs.ts";

/** The results as TAP 14: a line for each test, failed ones with what is wrong. */
export function testsAsTap({ programs }: TestResults): string {
  const lines: string[] = [];
  let number = 0;
  for (const program of programs) {
    if (program.errors !== null) {
      number += 1;
      lines.push(
        `not ok ${number} - ${escaped(program.path)} has errors`,
        ...block({ message: program.errors }),
      );
    }
    for (const test of program.tests) {
      number += 1;
      const ok = test.problems.length === 0;
      lines.push(`${ok ? "ok" : "not ok"} ${number} - ${escaped(`${program.path}: ${titleOf(test)}`)}`);
      if (!ok) {
        const at = `${program.path}:${test.problems[0]?.at.line ?? test.line}`;
        lines.push(...block({ at, message: detailsOf(program, test) }));
      }
    }
  }
  return ["TAP version 14", `1..${number}`, ...lines].join("\n");
}

/** A description may hold neither a comment's sign nor a line's end. */
function escaped(text: string): string {
  return text.replaceAll(/[\\#]/g, "\\$&").replaceAll(/\s+/g, " ");
}

/** YAML between `---` and `...`, two blanks in. */
function block(values: Readonly<Record<string, string>>): readonly string[] {
  const lines = Object.entries(values).flatMap(([name, value]) =>
    value.includes("\n")
      ? [`${name}: |`, ...value.split("\n").map((line) => `  ${line}`)]
      : [`${name}: ${JSON.stringify(value)}`],
  );
  return ["---", ...lines, "..."].map((line) => `  ${line}`.trimEnd());
}
