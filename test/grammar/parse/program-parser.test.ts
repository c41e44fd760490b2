import { expect, it } from "vitest";
import { ProgramParser } from "../../../grammar/parse/program-parser.ts";

it("has a grammar in which chevrotain finds no mistake: no ambiguity that isn't meant, no left recursion", () => {
  expect(() => new ProgramParser(true)).not.toThrow();
});
