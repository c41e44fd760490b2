import { type Command, InvalidArgumentError } from "commander";
import { newCommand } from "../command.ts";
import { exitCodes } from "../exit-codes.ts";
import { type OutputOptions, openOutput } from "../output.ts";
import { setOption } from "../set-option.ts";

interface TestCommandOptions extends OutputOptions {
  readonly set: readonly string[];
  readonly filter?: string;
  readonly tap?: true;
  readonly junit?: string;
  readonly watch?: true;
  readonly coverage?: true;
  readonly coverageMin?: number;
}

/** `coppice test` */
export function testCommand(): Command {
  return newCommand("test", {
    summary: "run the tests of programs; needs no server",
    description:
      "Runs the test blocks of programs against fake drivers, in virtual time: an hour's wait takes no time, and nothing\n" +
      "outside is touched. Folders are searched for programs with tests. Exits 1 when a test fails, 3 when a program has errors.",
    examples: [
      ["coppice test examples", "all programs in a folder"],
      ["coppice test examples/storefront.coppice --watch", "again whenever it changes"],
      ["coppice test examples --coverage --coverage-min 80", "what the tests leave out"],
      ["coppice test examples --junit results.xml", "for CI"],
    ],
  })
    .argument("[file-or-folder...]", "programs, or folders of programs", ["."])
    .addOption(setOption("set one of the programs' parameters; may be repeated"))
    .option("--filter <text>", "only tests whose name has this text")
    .option("--watch", "run again whenever a program changes")
    .option("--coverage", "say which statements and branches no test runs")
    .option("--coverage-min <percent>", "fail when fewer statements are covered", percent)
    .option("--tap", "print TAP instead")
    .option("--junit <file>", "write JUnit XML as well")
    .action(async (places: readonly string[], options: TestCommandOptions) => {
      const { testAndReport } = await import("../test-and-report.ts");
      const output = openOutput(options);
      const run = () =>
        testAndReport({
          places,
          set: options.set,
          filter: options.filter ?? null,
          coverage: options.coverage === true || options.coverageMin !== undefined,
          coverageMin: options.coverageMin ?? null,
          tap: options.tap === true,
          junit: options.junit ?? null,
          output,
        });
      if (options.watch !== true) {
        process.exitCode = (await run()).exitCode;
        return;
      }
      const { watchTests } = await import("../watch-tests.ts");
      const stop = new AbortController();
      process.once("SIGINT", () => stop.abort());
      process.once("SIGTERM", () => stop.abort());
      const work = async () => {
        const { exitCode, reads } = await run();
        process.exitCode = exitCode;
        return reads;
      };
      const waits = () => output.note(output.paint("dim", "\nwaits for changes; Ctrl-C ends"));
      await watchTests(work, { signal: stop.signal, waits });
      process.exitCode = exitCodes.ok;
    });
}

function percent(text: string): number {
  const value = Number(text.replace(/%$/, ""));
  if (!(value >= 0 && value <= 100)) throw new InvalidArgumentError("Write a number from 0 to 100.");
  return value;
}
