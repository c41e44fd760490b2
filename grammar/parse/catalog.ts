import type { CatalogEntry } from "../diagnostics/diagnostic.ts";

/** What the lexer and the parser say. `docs/errors.md` has a section for each code. */
export const syntaxCatalog = {
  // Characters and literals
  "unknown-character": {
    severity: "error",
    text: (p: { characters: string; help: string | undefined }) => ({
      message: `${p.characters} has no meaning here`,
      help: p.help,
    }),
  },
  "hash-comment": {
    severity: "error",
    text: () => ({
      message: "a comment starts with //, not with #",
      help: "write // instead of #",
    }),
  },
  "block-comment": {
    severity: "error",
    text: () => ({
      message: "there are no comments between /* and */",
      help: "write // before each line of the comment",
    }),
  },
  "foreign-operator": {
    severity: "error",
    text: (p: { operator: string; instead: string }) => ({
      message: `there is no operator ${p.operator}`,
      label: `written "${p.instead}" here`,
      help: `write ${p.instead} instead of ${p.operator}`,
    }),
  },
  "single-quotes": {
    severity: "error",
    text: (p: { quote: string }) => ({
      message: `a text stands between double quotes, not between ${p.quote}`,
      help: 'write "…"',
    }),
  },
  "text-prefix": {
    severity: "error",
    text: (p: { prefix: string }) => ({
      message: `a text has no letter before it: ${p.prefix} means nothing here`,
      help: `remove ${p.prefix}; every text may have expressions between { and }`,
    }),
  },
  "template-hole": {
    severity: "error",
    text: (p: { inner: string }) => ({
      message: "an expression stands as it is outside of a text",
      help: `write ${p.inner}`,
    }),
  },
  "template-tag": {
    severity: "error",
    text: (p: { help: string }) => ({
      message: "a program is no template: there are no tags in it",
      help: p.help,
    }),
  },
  "unterminated-text": {
    severity: "error",
    text: (p: { multiline: boolean }) => ({
      message: "this text is never closed",
      label: p.multiline ? 'no """ follows' : "the line ends before its closing quote",
      help: p.multiline
        ? 'close it with """'
        : 'close it with ", or begin and end a text of several lines with """',
    }),
  },
  "unclosed-hole": {
    severity: "error",
    text: () => ({
      message: "this { in a text begins an expression that is never closed",
      help: "close it with }, or write \\{ for the brace itself",
    }),
  },
  "jinja-braces": {
    severity: "error",
    text: (p: { inner: string }) => ({
      message: "an expression in a text stands between single braces",
      help: `write {${p.inner}}`,
    }),
  },
  "dollar-brace": {
    severity: "warning",
    text: (p: { inner: string }) => ({
      message: "the $ before this expression stays in the text",
      help: `write {${p.inner}}, or \\$ where a dollar sign is wanted`,
    }),
  },
  "bad-escape": {
    severity: "error",
    text: (p: { escape: string }) => ({
      message: `${p.escape} means nothing in a text`,
      label: 'known are \\n \\r \\t \\" \\\\ \\{ \\} \\$ and \\u{1F600}',
      help: "write \\\\ for a backslash",
    }),
  },
  "bad-number": {
    severity: "error",
    text: (p: { image: string; why: string }) => ({
      message: `"${p.image}" is not a number`,
      label: p.why,
    }),
  },
  "number-too-large": {
    severity: "error",
    text: (p: { image: string }) => ({
      message: `"${p.image}" is too large`,
      label: "the largest is 9007199254740991",
    }),
  },
  "unknown-unit": {
    severity: "error",
    text: (p: { unit: string; instead: string | undefined }) => ({
      message: `"${p.unit}" is not a unit`,
      label: "durations: ms s m h d; sizes: B KiB MiB GiB TiB kB MB GB TB",
      help: p.instead === undefined ? undefined : `did you mean ${p.instead}?`,
    }),
  },

  "unit-apart": {
    severity: "error",
    text: (p: { joined: string }) => ({
      message: "a unit stands directly behind its number",
      help: `write ${p.joined}`,
    }),
  },

  // Structure
  "expected-token": {
    severity: "error",
    text: (p: { expected: string; found: string; help?: string | undefined }) => ({
      message: `expected ${p.expected}, found ${p.found}`,
      help: p.help,
    }),
  },
  "expected-expression": {
    severity: "error",
    text: (p: { found: string; help: string | undefined }) => ({
      message: `expected a value, found ${p.found}`,
      help: p.help,
    }),
  },
  "expected-type": {
    severity: "error",
    text: (p: { found: string }) => ({
      message: `expected a type, found ${p.found}`,
      help: "write one such as Int, String?, List<String> or Cluster<docker.container>",
    }),
  },
  "expected-name": {
    severity: "error",
    text: (p: { what: string; found: string; reserved: boolean }) => ({
      message: `expected ${p.what}, found ${p.found}`,
      help: p.reserved ? `${p.found} is a word of the language; choose another name` : undefined,
    }),
  },
  "unknown-declaration": {
    severity: "error",
    text: (p: { found: string; help: string | undefined }) => ({
      message: `${p.found} does not begin a declaration`,
      label: "a declaration begins with a word such as plugin, profile, cluster, policy, action or test",
      help: p.help,
    }),
  },
  "unknown-statement": {
    severity: "error",
    text: (p: { found: string; help: string | undefined }) => ({
      message: `${p.found} does not begin a statement`,
      help: p.help,
    }),
  },
  "unused-value": {
    severity: "error",
    text: () => ({
      message: "this value is not used",
      label: "only a call can stand alone",
      help: "name it with let, or remove it",
    }),
  },
  assignment: {
    severity: "error",
    text: (p: { name: string }) => ({
      message: "values never change, so there is no assignment",
      help: `name a new value: let ${p.name} = …`,
    }),
  },
  "unclosed-bracket": {
    severity: "error",
    text: (p: { open: string; close: string }) => ({
      message: `this ${p.open} is never closed`,
      help: `add the ${p.close} that belongs to it`,
    }),
  },
  "unexpected-close": {
    severity: "error",
    text: (p: { close: string }) => ({
      message: `this ${p.close} closes nothing`,
      help: "remove it, or add what it should close",
    }),
  },
  "missing-comma": {
    severity: "error",
    text: (p: { where: string }) => ({
      message: `a comma is missing between two ${p.where}`,
      help: "write a comma here",
    }),
  },
  "colon-for-field": {
    severity: "error",
    text: (p: { name: string; found: string }) => ({
      message: `a value is given with ":", not with ${p.found}`,
      help: `write ${p.name}: …`,
    }),
  },
  "equals-for-value": {
    severity: "error",
    text: (p: { after: string; found: string }) => ({
      message: `${p.after} is given its value with "=", not with ${p.found}`,
      help: "write = instead",
    }),
  },
  "single-equals": {
    severity: "error",
    text: () => ({
      message: "two values are compared with ==, not with =",
      help: "write == instead of =",
    }),
  },
  "colon-block": {
    severity: "error",
    text: () => ({
      message: "a block stands between { and }, not after a colon",
      help: "write { here and } after the block",
    }),
  },
  "foreign-word": {
    severity: "error",
    text: (p: { found: string; instead: string }) => ({
      message: `there is no ${p.found}`,
      help: `write ${p.instead}`,
    }),
  },
  "foreign-for": {
    severity: "error",
    text: (p: { what: string }) => ({
      message: `a for has no ${p.what}`,
      help: "write for … in … { … }",
    }),
  },
  "needless-parentheses": {
    severity: "error",
    text: (p: { statement: string }) => ({
      message: `nothing stands in parentheses behind ${p.statement}`,
      help: "remove the parentheses",
    }),
  },
  "foreign-import": {
    severity: "error",
    text: () => ({
      message: "an import takes all that a file declares, under its own names",
      help: 'write import "./file.coppice"',
    }),
  },
  "foreign-enum": {
    severity: "error",
    text: () => ({
      message: "the members of an enum stand between { and }",
      help: "write enum Name { one, two }",
    }),
  },
  "foreign-member": {
    severity: "error",
    text: () => ({
      message: "a member of an enum is a name, and has no value",
      help: "write the name alone",
    }),
  },
  "foreign-schedule": {
    severity: "error",
    text: (p: { found: string; text: string }) => ({
      message: `a schedule is a text: there is no ${p.found}(…)`,
      help: `write ${p.text}`,
    }),
  },
  "foreign-type": {
    severity: "error",
    text: (p: { instead: string }) => ({
      message: "what a type is made of stands between < and >",
      help: `write ${p.instead}`,
    }),
  },
  comprehension: {
    severity: "error",
    text: () => ({
      message: "a list has no for in it",
      help: "write list.map(x => …), with .filter(x => …) before it for a condition",
    }),
  },
  "expect-without-run": {
    severity: "error",
    text: (p: { end: string }) => ({
      message: `expect ${p.end} says how a run ends, so it stands behind a run`,
      help: `write run … expect ${p.end}`,
    }),
  },
  "foreign-case": {
    severity: "error",
    text: (p: { found: string; help: string }) => ({
      message: `a case of a match is not written with ${p.found}`,
      help: p.help,
    }),
  },
  "condition-behind": {
    severity: "error",
    text: () => ({
      message: "the condition stands before both values",
      help: "write if … then … else …",
    }),
  },
  "case-without-block": {
    severity: "error",
    text: () => ({
      message: "what a case does stands between { and }",
      help: "write { before it and } behind it",
    }),
  },
  "else-if": {
    severity: "error",
    text: (p: { found: string }) => ({
      message: `there is no ${p.found}`,
      help: "write else if",
    }),
  },
  ternary: {
    severity: "error",
    text: () => ({
      message: "there is no ? : operator",
      help: "write if … then … else …",
    }),
  },
  "foreign-literal": {
    severity: "error",
    text: (p: { found: string; instead: string }) => ({
      message: `there is no ${p.found}`,
      help: `write ${p.instead}`,
    }),
  },
  "chained-comparison": {
    severity: "error",
    text: (p: { operator: string }) => ({
      message: `${p.operator} cannot follow another comparison`,
      help: "join two comparisons with and",
    }),
  },
  "duplicate-clause": {
    severity: "error",
    text: (p: { clause: string; help?: string | undefined }) => ({
      message: `"${p.clause}" is written twice`,
      label: "the first one counts",
      help: p.help ?? "remove one of them",
    }),
  },
  "positional-after-named": {
    severity: "error",
    text: () => ({
      message: "an argument without a name follows one with a name",
      help: "name it, or move it to the front",
    }),
  },
  "text-without-expression": {
    severity: "error",
    text: (p: { what: string }) => ({
      message: `${p.what} is written as it is, without expressions in it`,
      help: "write \\{ for a brace",
    }),
  },
  "deep-nesting": {
    severity: "error",
    text: (p: { limit: number }) => ({
      message: `this is nested more than ${p.limit} levels deep`,
      help: "name an inner part with let, or make it an action of its own",
    }),
  },
} as const satisfies Record<string, CatalogEntry>;
