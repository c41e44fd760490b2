import { createToken, Lexer, type TokenType } from "chevrotain";

/** Any word, keywords too: what may follow a dot or name a field or an argument. */
export const Word = createToken({ name: "Word", pattern: Lexer.NA });
/** A word that may name a variable, a parameter or a declaration: all but the reserved ones. */
export const Name = createToken({ name: "Name", pattern: Lexer.NA, categories: Word });
export const Identifier = createToken({ name: "Identifier", pattern: /[A-Za-z_]\w*/, categories: Name });

/** What may stand between two operands. */
export const BinaryOperator = createToken({ name: "BinaryOperator", pattern: Lexer.NA });

/** Keywords by their text; the lexer turns an `Identifier` of that text into one. */
export const keywords = new Map<string, TokenType>();

function reserved(text: string, ...categories: TokenType[]): TokenType {
  const token = createToken({
    name: text,
    label: text,
    pattern: Lexer.NA,
    categories: [Word, ...categories],
  });
  keywords.set(text, token);
  return token;
}

/** Has a meaning in one place only, and is a plain name elsewhere. */
function contextual(text: string): TokenType {
  const token = createToken({ name: text, label: text, pattern: Lexer.NA, categories: Name });
  keywords.set(text, token);
  return token;
}

export const And = reserved("and", BinaryOperator);
export const Or = reserved("or", BinaryOperator);
export const In = reserved("in", BinaryOperator);
export const Not = reserved("not");
export const If = reserved("if");
export const Then = reserved("then");
export const Else = reserved("else");
export const True = reserved("true");
export const False = reserved("false");
export const None = reserved("none");
export const Let = reserved("let");
export const For = reserved("for");
export const Parallel = reserved("parallel");
export const Try = reserved("try");
export const Ensure = reserved("ensure");
export const Wait = reserved("wait");
export const Emit = reserved("emit");
export const Fail = reserved("fail");
export const Return = reserved("return");

export const Plugin = contextual("plugin");
export const Param = contextual("param");
export const RecordWord = contextual("record");
export const Profile = contextual("profile");
export const Cluster = contextual("cluster");
export const Policy = contextual("policy");
export const Action = contextual("action");
export const From = contextual("from");
export const Allow = contextual("allow");
export const With = contextual("with");
export const Before = contextual("before");
export const After = contextual("after");
export const Attach = contextual("attach");
export const Detach = contextual("detach");
export const Priority = contextual("priority");
export const When = contextual("when");
export const Recover = contextual("recover");
export const Until = contextual("until");
export const Every = contextual("every");
export const Within = contextual("within");
export const Retry = contextual("retry");
export const Timeout = contextual("timeout");
export const Undo = contextual("undo");
export const Batch = contextual("batch");
export const All = contextual("all");
export const Pause = contextual("pause");
export const Window = contextual("window");
export const Rows = contextual("rows");
export const Tolerate = contextual("tolerate");
export const Failure = contextual("failure");
export const Failures = contextual("failures");
export const Deny = contextual("deny");
export const Choose = contextual("choose");
export const Import = contextual("import");
export const Version = contextual("version");
export const Secret = contextual("secret");
export const Enum = contextual("enum");
export const At = contextual("at");
export const On = contextual("on");
export const As = contextual("as");
export const Match = contextual("match");
export const Approve = contextual("approve");
export const By = contextual("by");
export const Lock = contextual("lock");
export const Warn = contextual("warn");
export const Limit = contextual("limit");
export const Place = contextual("place");
export const Across = contextual("across");
export const Weights = contextual("weights");
export const To = contextual("to");
export const Through = contextual("through");
export const Caps = contextual("caps");
export const Enforce = contextual("enforce");
export const Unless = contextual("unless");
export const Test = contextual("test");
export const Given = contextual("given");
export const Run = contextual("run");
export const Expect = contextual("expect");
export const Override = contextual("override");
export const Cancel = contextual("cancel");
export const Denied = contextual("denied");
export const Cancelled = contextual("cancelled");
export const Of = contextual("of");
export const Is = contextual("is");
export const Fails = contextual("fails");
export const Takes = contextual("takes");
export const Returns = contextual("returns");
export const Code = contextual("code");
export const Times = contextual("times");
export const Good = contextual("good");
export const Taken = contextual("taken");
export const Nodes = contextual("nodes");
export const Node = contextual("node");
export const Time = contextual("time");
export const Approval = contextual("approval");

/** `42`, `1_000`, `1.5`, `250ms`, `1h30m`, `256MiB`, `80%`; which of them, `number-literal.ts` says. */
export const NumberLiteral = createToken({ name: "NumberLiteral", pattern: /\d\w*(?:\.\d\w*)?%?/ });

/** A text without expressions in it. */
export const Text = createToken({ name: "Text", pattern: Lexer.NA });
/** `"Roll {`: a text up to its first expression. */
export const TextOpen = createToken({ name: "TextOpen", pattern: Lexer.NA });
/** `} to {`: a text between two of its expressions. */
export const TextMiddle = createToken({ name: "TextMiddle", pattern: Lexer.NA });
/** `}?"`: a text after its last expression. */
export const TextClose = createToken({ name: "TextClose", pattern: Lexer.NA });

function symbol(name: string, text: string, ...categories: TokenType[]): TokenType {
  return createToken({ name, label: text, pattern: text, categories });
}

export const FatArrow = symbol("FatArrow", "=>");
export const ThinArrow = symbol("ThinArrow", "->");
export const Range = symbol("Range", "..");
export const Coalesce = symbol("Coalesce", "??", BinaryOperator);
export const Question = symbol("Question", "?");
export const Equal = symbol("Equal", "==", BinaryOperator);
export const NotEqual = symbol("NotEqual", "!=", BinaryOperator);
export const LessOrEqual = symbol("LessOrEqual", "<=", BinaryOperator);
export const Less = symbol("Less", "<", BinaryOperator);
export const GreaterOrEqual = symbol("GreaterOrEqual", ">=", BinaryOperator);
export const Greater = symbol("Greater", ">", BinaryOperator);
export const Plus = symbol("Plus", "+", BinaryOperator);
export const Minus = symbol("Minus", "-", BinaryOperator);
export const Asterisk = symbol("Asterisk", "*", BinaryOperator);
export const Divide = symbol("Divide", "/", BinaryOperator);
export const Assign = symbol("Assign", "=");
export const Dot = symbol("Dot", ".");
export const Comma = symbol("Comma", ",");
export const Semicolon = symbol("Semicolon", ";");
export const Colon = symbol("Colon", ":");
export const LeftBrace = symbol("LeftBrace", "{");
export const RightBrace = symbol("RightBrace", "}");
export const LeftParen = symbol("LeftParen", "(");
export const RightParen = symbol("RightParen", ")");
export const LeftBracket = symbol("LeftBracket", "[");
export const RightBracket = symbol("RightBracket", "]");

/** Characters that mean nothing here; the lexer has reported them. */
export const Unknown = createToken({ name: "Unknown", pattern: Lexer.NA });

/** Symbols, longer ones before their beginnings, as the lexer tries them. */
export const symbols: readonly TokenType[] = [
  FatArrow,
  ThinArrow,
  Range,
  Coalesce,
  Question,
  Equal,
  NotEqual,
  LessOrEqual,
  Less,
  GreaterOrEqual,
  Greater,
  Plus,
  Minus,
  Asterisk,
  Divide,
  Assign,
  Dot,
  Comma,
  Semicolon,
  Colon,
  LeftBrace,
  RightBrace,
  LeftParen,
  RightParen,
  LeftBracket,
  RightBracket,
];

/** Every token type that the parser may meet. */
export const vocabulary: readonly TokenType[] = [
  Word,
  Name,
  Identifier,
  BinaryOperator,
  ...keywords.values(),
  NumberLiteral,
  Text,
  TextOpen,
  TextMiddle,
  TextClose,
  ...symbols,
  Unknown,
];
