import {
  defaultParserErrorProvider,
  EmbeddedActionsParser,
  EOF,
  type IParserErrorMessageProvider,
  type IToken,
  type TokenType,
  tokenMatcher,
} from "chevrotain";
import { createLineIndex, type LineIndex } from "../diagnostics/line-index.ts";
import type { Span } from "../spans.ts";
import {
  Action,
  At,
  Cluster,
  Enum,
  Every,
  Import,
  keywords,
  NumberLiteral,
  On,
  Param,
  Plugin,
  Policy,
  Profile,
  RecordWord,
  Secret,
  Test,
  Text,
  TextClose,
  TextMiddle,
  TextOpen,
  vocabulary,
  Word,
} from "./tokens.ts";

/** Words that begin a declaration. */
export const declarationKeywords: readonly TokenType[] = [
  Import,
  Plugin,
  Param,
  Secret,
  Enum,
  RecordWord,
  Profile,
  Cluster,
  Policy,
  Action,
  Every,
  At,
  On,
  Test,
];

/** Those of them that a text or a number follows. */
const beforeValues: readonly TokenType[] = [Import, Every, At, Test];

/** Says only which token was expected; `reportMismatch` words it. */
const namesOnly: IParserErrorMessageProvider = {
  buildMismatchTokenMessage: ({ expected }) => expected.name,
  buildNotAllInputParsedMessage: () => "",
  buildNoViableAltMessage: () => "",
  buildEarlyExitMessage: () => "",
};

/** Where the parser stands in a text, and what it sees from there. */
export abstract class TokenCursor extends EmbeddedActionsParser {
  protected source = "";
  protected lines: LineIndex = createLineIndex("");

  /** `validates` lets chevrotain look for mistakes in the grammar: a test does, at each start it would take too long. */
  constructor(validates: boolean) {
    super([...vocabulary], {
      maxLookahead: 1,
      skipValidations: !validates,
      errorMessageProvider: validates ? defaultParserErrorProvider : namesOnly,
    });
  }

  protected place(source: string, tokens: IToken[]): void {
    this.source = source;
    this.lines = createLineIndex(source);
    this.input = tokens;
  }

  protected isAt(type: TokenType, ahead = 1): boolean {
    return tokenMatcher(this.LA(ahead), type);
  }

  protected isAtAny(types: readonly TokenType[]): boolean {
    const next = this.LA(1);
    return types.some((type) => tokenMatcher(next, type));
  }

  /** True when the token `ahead` begins on the line on which the one before it ends. */
  protected onSameLine(ahead = 1): boolean {
    const next = this.LA(ahead);
    const from = this.endOf(this.LA(ahead - 1));
    const to = this.startOf(next);
    for (let at = from; at < to; at++) if (this.source.charCodeAt(at) === 10) return false;
    return true;
  }

  protected startOf(token: IToken): number {
    return token.tokenType === EOF ? this.source.length : token.startOffset;
  }

  protected endOf(token: IToken): number {
    return token.tokenType === EOF ? 0 : (token.endOffset ?? token.startOffset) + 1;
  }

  /** From `start` to the token that was consumed last. */
  protected since(start: IToken): Span {
    if (this.RECORDING_PHASE) return { start: 0, end: 0 };
    const from = this.startOf(start);
    return { start: from, end: Math.max(from, this.endOf(this.LA(0))) };
  }

  /** The empty range after the token that was consumed last: where something is missing. */
  protected gap(): Span {
    const end = this.endOf(this.LA(0));
    return { start: end, end };
  }

  protected column(token: IToken): number {
    return this.lines.at(this.startOf(token)).column;
  }

  /** The column at which the line of `token` begins, blanks aside. */
  protected indentation(token: IToken): number {
    const line = this.lines.lineText(this.lines.at(this.startOf(token)).line);
    return line.length - line.trimStart().length + 1;
  }

  /** `action roll…` at the very start of a line: whatever is open there was never closed. */
  protected atDeclaration(): boolean {
    const next = this.LA(1);
    if (!declarationKeywords.includes(next.tokenType)) return false;
    if (next.startOffset > 0 && this.source[next.startOffset - 1] !== "\n") return false;
    if (!this.onSameLine(2)) return false;
    if (!beforeValues.includes(next.tokenType)) return this.isAt(Word, 2);
    return this.isAt(Text, 2) || this.isAt(TextOpen, 2) || this.isAt(NumberLiteral, 2);
  }

  /** The next token, as messages name it. */
  protected found(token = this.LA(1)): string {
    if (token.tokenType === EOF) return "the end of the file";
    if (tokenMatcher(token, Text) || tokenMatcher(token, TextOpen)) return "a text";
    if (tokenMatcher(token, TextMiddle) || tokenMatcher(token, TextClose)) return "the end of the expression";
    return `"${token.image}"`;
  }

  protected skipWhile(goesOn: () => boolean): void {
    while (!this.isAt(EOF) && goesOn()) this.SKIP_TOKEN();
  }
}

/** Keywords that may begin a statement or a declaration, for suggestions. */
export function keywordsLike(types: readonly TokenType[]): string[] {
  return [...keywords].filter(([, type]) => types.includes(type)).map(([text]) => text);
}
