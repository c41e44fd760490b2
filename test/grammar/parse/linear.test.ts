import { readFileSync } from "node:fs";
import { expect, it } from "vitest";
import { type LexedText, tokenize } from "../../../grammar/parse/lexer.ts";
import { ProgramParser } from "../../../grammar/parse/program-parser.ts";

const sample = readFileSync(new URL("../samples/everything.coppice", import.meta.url), "utf8");
const many = (text: string) => (count: number) => text.repeat(count);
const inAction = (text: string) => (count: number) => `action a() {\n${text.repeat(count)}\n}\n`;

/** Counts how often the parser looks at a token: its work, whatever the machine. */
class CountingParser extends ProgramParser {
  looks = 0;

  override LA(ahead: number) {
    this.looks++;
    return super.LA(ahead);
  }

  work(source: string, lexed: LexedText): number {
    this.looks = 0;
    this.parse(source, lexed);
    return this.looks;
  }
}

const parser = new CountingParser();

/** Texts of n parts: good ones, and mistakes of each kind that is met by looking ahead or back. */
const texts: readonly [string, (count: number) => string][] = [
  ["the sample", (count) => sample.repeat(Math.ceil(count / 100))],
  ["unknown characters", many("@ ")],
  ["closing brackets", many(") ")],
  ["missing names", many("let \n")],
  ["closing braces", many("}\n")],
  ["unknown statements", many("foo bar\n")],
  ["texts within texts", many('"{')],
  ["unclosed holes", many('"{a" ')],
  ["template tags", many("{% ")],
  ["template holes", many("${ ")],
  ["comments", many("/* */ ")],
  ["imports of others", many("import a b c ")],
  ["enums of others", many("enum A = a | b\n")],
  ["match in a row", inAction("match a ")],
  ["match as a function", inAction("match(")],
  ["switch in a row", inAction("switch (a) ")],
  ["blocks of Python", inAction("if a:\n")],
  ["cases of others", (count) => `action a() {\nmatch a {\n${"case a: b()\n".repeat(count)}}\n}`],
  ["missing commas", (count) => `action a() {\nlet x = [${"1 ".repeat(count)}`],
  ["conditions behind", inAction("let x = a if b else c\n")],
  ["comparisons of others", (count) => `action a() {\nlet x = ${"x is not none and ".repeat(count)}x\n}`],
  ["clauses written twice", inAction("f() timeout 1s timeout 1s timeout 1s\n")],
];

it.each(texts)("%s: twice the text is twice the work", (_, make) => {
  const [once, twice] = [2_000, 4_000].map((count) => {
    const source = make(count);
    return parser.work(source, tokenize(source));
  });
  expect(twice! / once!).toBeLessThan(2.2);
});
