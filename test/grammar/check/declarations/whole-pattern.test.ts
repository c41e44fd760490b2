import { describe, expect, it } from "vitest";
import { wholePattern as inGrammar } from "../../../../grammar/check/declarations/whole-pattern.ts";
import { wholePattern as inSdk } from "../../../../plugins/sdk/whole-pattern.ts";

describe.each([
  ["grammar", inGrammar],
  ["plugins/sdk", inSdk],
])("a plugin's pattern in %s", (_, wholePattern) => {
  it.each([
    ["[a-z0-9/._:-]+", "shop/web:1.27", true],
    ["[a-z0-9/._:-]+", "Shop", false],
    ["a|b", "ab", false],
    ["[a-z]+(\\.[a-z]+)*", "a.b.c", true],
    ["[a-z]+(\\.[a-z]+)*", "a..c", false],
    ["[^\\u0000]{1,5}", "a\nb", true],
    ["\\u{1F600}+x?", "😀😀", true],
    ["(\\p{L}|\\d)+", "é1", true],
    [".{2}(x)?", "😀😀", true],
  ])("%s on %j: %s", (pattern, text, expected) => {
    expect(wholePattern(pattern)?.matches(text)).toBe(expected);
  });

  it.each(["(a+)+b", "(a|a)*b", "(a|ab|b)*c", "a*a*a*a*a*b", "(.*)(.*)(.*)(.*)x"])(
    "%s takes time in proportion to the text",
    (pattern) => {
      const begun = performance.now();
      expect(wholePattern(pattern)?.matches("a".repeat(20_000))).toBe(false);
      expect(performance.now() - begun).toBeLessThan(2_000);
    },
  );

  it.each(["(", "(?=a)a", "(a)\\1", "(x{1,1000}){1,1000}"])("%s is refused", (pattern) => {
    expect(wholePattern(pattern)).toBeUndefined();
  });
});
