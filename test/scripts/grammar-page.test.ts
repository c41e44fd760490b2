import { readFileSync } from "node:fs";
import { expect, it } from "vitest";
import { BinaryOperator, keywords } from "../../grammar/parse/tokens.ts";
import { grammarPage } from "../../scripts/grammar-page.ts";

it("is what docs/grammar.md says: `npm run docs` writes it anew", () => {
  const written = readFileSync(new URL("../../docs/grammar.md", import.meta.url), "utf8");
  expect(written).toBe(grammarPage());
});

it("uses each word of the language, and defines each rule that it uses", () => {
  const [, ebnf = ""] = grammarPage().split(/```(?:ebnf)?\n/);
  for (const [word, token] of keywords) {
    if (token.CATEGORIES?.includes(BinaryOperator) !== true) expect(ebnf).toContain(`"${word}"`);
  }
  const defined = new Set([...ebnf.matchAll(/^(\w+) =/gm)].map((match) => match[1]));
  const used = [...ebnf.replaceAll(/"[^"]*"/g, "").matchAll(/\b[a-z]\w*\b/g)].map((match) => match[0]);
  expect(used.filter((name) => !defined.has(name))).toEqual([]);
});

it("closes each bracket that it opens", () => {
  for (const [open, close] of [
    ["{", "}"],
    ["(", ")"],
    ["[", "]"],
  ]) {
    const count = (mark: string | undefined) => grammarPage().split(`"${mark}"`).length;
    expect(count(open)).toBe(count(close));
  }
});
