import { createToken, Lexer, type TokenType } from "chevrotain";
import { scanText } from "./text-literal.ts";
import { And, Assign, Equal, Identifier, Not, NotEqual, NumberLiteral, Or, symbols } from "./tokens.ts";

const WhiteSpace = createToken({
  name: "WhiteSpace",
  pattern: /\s+/,
  group: Lexer.SKIPPED,
  line_breaks: true,
});
/** `/// …`: becomes the doc of the declaration below it. */
export const DocComment = createToken({
  name: "DocComment",
  pattern: /\/\/\/(?!\/)[^\n]*/,
  group: "comments",
});
const LineComment = createToken({ name: "LineComment", pattern: /\/\/[^\n]*/, group: "comments" });
/** `# …`, as in shell and YAML. */
export const HashComment = createToken({ name: "HashComment", pattern: /#[^\n]*/, group: "comments" });
/** A comment between a slash with a star and a star with a slash, as in C. */
export const BlockComment = createToken({
  name: "BlockComment",
  pattern: { exec: matchBlockComment },
  start_chars_hint: ["/"],
  line_breaks: true,
  group: "comments",
});
/** A whole text with the expressions in it; `text-literal.ts` finds its end. */
export const QuotedText = createToken({
  name: "QuotedText",
  pattern: { exec: matchText },
  start_chars_hint: ['"'],
  line_breaks: true,
});
/** A text between single quotes or backticks, as in JavaScript, or between the quotes that word processors make. */
export const ForeignText = createToken({
  name: "ForeignText",
  pattern: /'(?:[^'\n\\]|\\.)*'?|`(?:[^`\n\\]|\\.)*`?|[“„][^“”\n]*[“”]?|‘[^’\n]*’?|«[^»\n]*»?/,
});
/** `{% if x %}`: tags of templates, as in Jinja. */
export const TemplateTag = createToken({
  name: "TemplateTag",
  pattern: /\{%[^\n]{0,200}?%\}/,
  group: "comments",
});
/** `${{ x }}`, `${x}` and `<% $.x %>` (as in YAQL) outside of a text. */
export const TemplateHole = createToken({
  name: "TemplateHole",
  pattern: /\$\{\{[^{}\n]*\}\}|\$\{[^{}\n]*\}/,
});

/** Operators of other languages, and what they are here. */
export const foreignOperators = new Map<TokenType, { instead: TokenType; write: string }>();
function foreign(name: string, text: string, instead: TokenType, write: string): TokenType {
  const token = createToken({ name, pattern: text });
  foreignOperators.set(token, { instead, write });
  return token;
}
const foreignTokens = [
  foreign("TripleEqual", "===", Equal, "=="),
  foreign("NotDoubleEqual", "!==", NotEqual, "!="),
  foreign("LessGreater", "<>", NotEqual, "!="),
  foreign("ColonEqual", ":=", Assign, "="),
  foreign("DoubleAmpersand", "&&", And, "and"),
  foreign("DoubleBar", "||", Or, "or"),
];
const Bang = foreign("Bang", "!", Not, "not");

/** What is looked for, in this order. */
export const rawTokens: readonly TokenType[] = [
  WhiteSpace,
  Identifier,
  DocComment,
  LineComment,
  BlockComment,
  HashComment,
  NumberLiteral,
  QuotedText,
  ForeignText,
  TemplateTag,
  TemplateHole,
  ...foreignTokens,
  ...symbols,
  Bang,
];

/** Finds tokens, comments, and what people write instead of them; the parser sees none but those of `tokens.ts`. */
export const rawLexer = new Lexer([...rawTokens], {
  positionTracking: "onlyOffset",
  ensureOptimizations: true,
  skipValidations: true,
});

function matchText(source: string, offset: number): [string] | null {
  if (source[offset] !== '"') return null;
  return [source.slice(offset, scanText(source, offset).end)];
}

function matchBlockComment(source: string, offset: number): [string] | null {
  if (!source.startsWith("/*", offset)) return null;
  const close = source.indexOf("*/", offset + 2);
  return [source.slice(offset, close === -1 ? source.length : close + 2)];
}
