import {
  Alternation,
  Alternative,
  type IProduction,
  NonTerminal,
  Option,
  Repetition,
  RepetitionMandatory,
  RepetitionMandatoryWithSeparator,
  RepetitionWithSeparator,
  type Rule,
  Terminal,
  type TokenType,
} from "chevrotain";
import { ProgramParser } from "../grammar/parse/program-parser.ts";
import * as tokens from "../grammar/parse/tokens.ts";

/** `docs/grammar.md`: the parser's own rules, as it recorded them, from the program down to the literals. */
export function grammarPage(): string {
  const rules = new ProgramParser().getGAstProductions();
  const order: string[] = [];
  visit("program");
  const lines = order.flatMap((name) => {
    const rule = rules[name];
    return rule === undefined ? [] : definition(name, rule);
  });
  return `${opening}\n\`\`\`ebnf\n${lines.join("\n")}\n\`\`\`\n${literals}${words()}`;

  /** Rules in the order in which the program reaches them, breadth first. */
  function visit(first: string): void {
    const queue = [first];
    for (let name = queue.shift(); name !== undefined; name = queue.shift()) {
      if (order.includes(name)) continue;
      order.push(name);
      queue.push(...namesIn(rules[name]));
    }
  }
}

const opening = `# Grammar

The parser's own rules. \`[ … ]\` may be left out, \`{ … }\` may be repeated or left out, \`( … | … )\` is a choice, and
texts in quotes are written as they stand. What lines mean besides: a statement's clauses may stand on lines of their own,
a value belongs to \`return\` only on its line, and fields, cases and members are parted by commas or new lines.

<!-- Made by \`npm run docs\` from the parser; a test compares the two. -->
`;

function words(): string {
  const [reserved, contextual] = [true, false].map((wanted) =>
    [...tokens.keywords]
      .filter(([, token]) => isReserved(token) === wanted)
      .map(([word]) => `\`${word}\``)
      .sort()
      .join(" "),
  );
  return `
## Words

Reserved, so that nothing can be named so: ${reserved}

With a meaning in one place only, and plain names elsewhere: ${contextual}
`;
}

const literals = `
| word above | is |
| --- | --- |
| \`NAME\` | a letter or \`_\`, then letters, digits and \`_\`; not a reserved word |
| \`WORD\` | the same, reserved words too: after a dot, and as the name of a field or argument |
| \`NUMBER\` | \`3\`, \`1_000\`, \`1.5\`; with a unit a Duration (\`ms s m h d\`), a Size (\`B KiB MiB GiB TiB\`) or a Percent (\`%\`) |
| \`TEXT\` | \`"…"\` on one line or \`"""…"""\` over several, without a value in it; \`\\n \\t \\" \\\\ \\{ \\} \\u{1F332}\` are escapes |
| \`TEXT{\`, \`}TEXT{\`, \`}TEXT\` | the parts of a text around the values in it: \`"Roll {cluster.name}!"\` |
| \`OPERATOR\` | from loosest to tightest: \`or\`; \`and\`; (\`not\`;) \`== != < <= > >= in\`, which don't chain; \`??\`; \`+ -\`; \`* /\` |
`;

function isReserved(token: TokenType): boolean {
  return token.CATEGORIES?.includes(tokens.Name) !== true;
}

/** One line, or a line for each choice where a rule is nothing but a long one. */
function definition(name: string, rule: Rule): string[] {
  const line = `${name} = ${sequence(rule.definition)}`;
  const [only, ...others] = rule.definition;
  if (others.length > 0 || !(only instanceof Alternation)) return [line];
  if (line.length <= widest) return [`${name} = ${choicesOf(only).join(" | ")}`];
  return choicesOf(only).map((choice, index) => (index === 0 ? `${name} = ${choice}` : `  | ${choice}`));
}

const widest = 110;

function namesIn(production: IProduction | Rule | undefined): string[] {
  if (production instanceof NonTerminal) return [production.nonTerminalName];
  const inside = (production as { definition?: readonly IProduction[] } | undefined)?.definition ?? [];
  return inside.flatMap(namesIn);
}

/** What the parser closes by itself, so that a missing bracket is one mistake, stands where its sequence ends. */
function sequence(productions: readonly IProduction[]): string {
  const parts = productions.map(show);
  const closing = productions.map((each) =>
    each instanceof Terminal ? closers.get(each.terminalType) : undefined,
  );
  const missing = closing.filter((close) => close !== undefined && !parts.includes(close));
  return [...parts, ...missing.reverse()].filter((part) => part !== "").join(" ");
}

const closers = new Map<TokenType, string>([
  [tokens.LeftBrace, '"}"'],
  [tokens.LeftBracket, '"]"'],
  [tokens.LeftParen, '")"'],
]);

/** Each choice once; what only recovers from a mistake consumes nothing and is none. */
function choicesOf(production: Alternation): string[] {
  const choices = production.definition.map((each) => sequence((each as Alternative).definition));
  return [...new Set(choices)].filter((choice) => choice !== "");
}

function show(production: IProduction): string {
  if (production instanceof NonTerminal) return production.nonTerminalName;
  if (production instanceof Terminal) return terminal(production.terminalType);
  if (production instanceof Alternation) {
    const choices = choicesOf(production);
    const [first] = choices;
    return choices.length === 1 && first !== undefined ? first : `( ${choices.join(" | ")} )`;
  }
  if (production instanceof Alternative) return sequence(production.definition);
  if (production instanceof Option) return `[ ${sequence(production.definition)} ]`;
  if (production instanceof Repetition) return `{ ${sequence(production.definition)} }`;
  if (production instanceof RepetitionMandatory) {
    const once = sequence(production.definition);
    return `${once} { ${once} }`;
  }
  if (
    production instanceof RepetitionWithSeparator ||
    production instanceof RepetitionMandatoryWithSeparator
  ) {
    const once = sequence(production.definition);
    const list = `${once} { ${terminal(production.separator)} ${once} }`;
    return production instanceof RepetitionWithSeparator ? `[ ${list} ]` : list;
  }
  throw new Error(`a production of another kind: ${production.constructor.name}`);
}

/** A keyword or mark in quotes, any other token by its name. */
function terminal(token: TokenType): string {
  const { PATTERN: pattern, LABEL: label, name } = token;
  if (tokens.keywords.get(name) === token) return `"${name}"`;
  if (typeof pattern === "string") return `"${pattern}"`;
  return kinds[name] ?? (label === undefined ? name.toUpperCase() : `"${label}"`);
}

const kinds: Readonly<Record<string, string>> = {
  Name: "NAME",
  Word: "WORD",
  NumberLiteral: "NUMBER",
  Text: "TEXT",
  TextOpen: "TEXT{",
  TextMiddle: "}TEXT{",
  TextClose: "}TEXT",
  BinaryOperator: "OPERATOR",
};
