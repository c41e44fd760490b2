import { detailsOf, titleOf } from "./print-tests.ts";
import { countResults, type ProgramResult, type TestResult, type TestResults } from "./test-programs.ts";

/** The results as JUnit's XML, which every CI system reads: a suite for each program. */
export function testsAsJunit(results: TestResults): string {
  const { passed, failed, broken } = countResults(results);
  const head = {
    name: "coppice",
    tests: passed + failed + broken,
    failures: failed,
    errors: broken,
    time: seconds(results.realMs),
  };
  const suites = results.programs.map(suiteOf);
  return `<?xml version="1.0" encoding="UTF-8"?>\n${element("testsuites", head, suites)}\n`;
}

function suiteOf(program: ProgramResult): string {
  const failures = program.tests.filter((test) => test.problems.length > 0).length;
  const errors = program.errors === null ? 0 : 1;
  const head = {
    name: program.path,
    tests: program.tests.length + errors,
    failures,
    errors,
    time: seconds(program.tests.reduce((sum, test) => sum + test.realMs, 0)),
  };
  const broken =
    program.errors === null
      ? []
      : [
          element("testcase", { name: "compiles", classname: program.path }, [
            element("error", { message: "the program has errors" }, [escaped(program.errors)]),
          ]),
        ];
  return element("testsuite", head, [...broken, ...program.tests.map((test) => caseOf(program, test))]);
}

function caseOf(program: ProgramResult, test: TestResult): string {
  const head = {
    name: titleOf(test),
    classname: program.path,
    file: program.path,
    line: test.line,
    time: seconds(test.realMs),
  };
  const [first] = test.problems;
  if (first === undefined) return element("testcase", head, []);
  const message = `line ${first.at.line}: ${first.message}`;
  return element("testcase", head, [
    element("failure", { message, type: first.code }, [escaped(detailsOf(program, test))]),
  ]);
}

function seconds(milliseconds: number): string {
  return (milliseconds / 1_000).toFixed(3);
}

function element(
  name: string,
  attributes: Readonly<Record<string, string | number>>,
  content: readonly string[],
): string {
  const head = Object.entries(attributes).map(([key, value]) => ` ${key}="${escaped(String(value))}"`);
  if (content.length === 0) return `<${name}${head.join("")}/>`;
  return `<${name}${head.join("")}>\n${content.join("\n")}\n</${name}>`;
}

/** What XML 1.0 cannot hold becomes U+FFFD. */
function escaped(text: string): string {
  return text
    .replaceAll("&", "&amp;")
    .replaceAll("<", "&lt;")
    .replaceAll(">", "&gt;")
    .replaceAll('"', "&quot;")
    .replaceAll(/[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]/g, "\ufffd");
}
