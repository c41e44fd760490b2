import { Lexer } from "chevrotain";
import { expect, it } from "vitest";
import { ProgramParser } from "../../../grammar/parse/program-parser.ts";
import { rawTokens } from "../../../grammar/parse/raw-lexer.ts";

it("has a grammar in which chevrotain finds no mistake: no ambiguity that isn't meant, no left recursion", () => {
  expect(() => new ProgramParser(true)).not.toThrow();
});

it("has tokens in which chevrotain finds no mistake: none that another hides, none that is empty", () => {
  expect(
    () => new Lexer([...rawTokens], { positionTracking: "onlyOffset", ensureOptimizations: true }),
  ).not.toThrow();
});
