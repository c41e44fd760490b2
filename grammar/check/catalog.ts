import type { CatalogEntry } from "../diagnostics/diagnostic.ts";
import { durableCatalog } from "./durable-catalog.ts";

/** What the checker says, by permanent code. Names in quotes are the author's own words. */
export const checkCatalog = {
  "unknown-name": {
    severity: "error",
    text: (p: { name: string; why: string | undefined; help: string | undefined }) => ({
      message: `there is no "${p.name}" here`,
      label: p.why,
      help: p.help,
    }),
  },
  "unknown-type": {
    severity: "error",
    text: (p: { name: string; help: string | undefined }) => ({
      message: `there is no type "${p.name}"`,
      help: p.help,
    }),
  },
  "type-arguments": {
    severity: "error",
    text: (p: { name: string; wanted: string }) => ({
      message: `the type ${p.name} is not written like this`,
      help: `write ${p.wanted}`,
    }),
  },
  "unknown-field": {
    severity: "error",
    text: (p: { of: string; name: string; names: readonly string[]; help: string | undefined }) => ({
      message: `${p.of} has no "${p.name}"`,
      label: p.names.length === 0 ? undefined : `it has: ${p.names.join(", ")}`,
      help: p.help,
    }),
  },
  "unknown-function": {
    severity: "error",
    text: (p: { of: string; name: string; names: readonly string[]; help: string | undefined }) => ({
      message: `${p.of} has no function "${p.name}"`,
      label: p.names.length === 0 ? undefined : `it has: ${p.names.join(", ")}`,
      help: p.help,
    }),
  },
  "not-provided": {
    severity: "error",
    text: (p: {
      plugin: string;
      kind: string;
      name: string;
      names: readonly string[];
      help: string | undefined;
    }) => ({
      message: `plugin "${p.plugin}" provides no ${p.kind} "${p.name}"`,
      label: p.names.length === 0 ? "it provides none" : `it provides: ${p.names.join(", ")}`,
      help: p.help,
    }),
  },
  "unknown-operation": {
    severity: "error",
    text: (p: { of: string; name: string; names: readonly string[]; help: string | undefined }) => ({
      message: `${p.of} has no operation "${p.name}"`,
      label: p.names.length === 0 ? undefined : `it offers: ${p.names.join(", ")}`,
      help: p.help,
    }),
  },
  "unknown-profile-type": {
    severity: "error",
    text: (p: { plugin: string; name: string; names: readonly string[]; help: string | undefined }) => ({
      message: `plugin "${p.plugin}" has no profile type "${p.name}"`,
      label: p.names.length === 0 ? "it has none" : `it has: ${p.names.join(", ")}`,
      help: p.help,
    }),
  },
  "override-mismatch": {
    severity: "error",
    text: (p: { name: string; builtin: string; problem: string; signature: string }) => ({
      message: `action "${p.name}" can't stand in for ${p.builtin}: ${p.problem}`,
      help: `declare it with what that one takes and gives: ${p.signature}`,
    }),
  },
  "unknown-action": {
    severity: "error",
    text: (p: { name: string; help: string | undefined }) => ({
      message: `there is no action "${p.name}"`,
      help: p.help,
    }),
  },
  "unknown-argument": {
    severity: "error",
    text: (p: { of: string; name: string; names: readonly string[]; help: string | undefined }) => ({
      message: `${p.of} has no parameter "${p.name}"`,
      label: p.names.length === 0 ? "it takes none" : `it takes: ${p.names.join(", ")}`,
      help: p.help,
    }),
  },
  "missing-argument": {
    severity: "error",
    text: (p: { of: string; wanted: string; example: string }) => ({
      message: `${p.of} needs ${p.wanted}`,
      help: `write ${p.example} between its parentheses`,
    }),
  },
  "too-many-arguments": {
    severity: "error",
    text: (p: { of: string; most: number }) => ({
      message: `${p.of} takes ${p.most === 0 ? "no arguments" : `at most ${p.most} argument${p.most === 1 ? "" : "s"}`}`,
      help: "remove this one",
    }),
  },
  "argument-needs-name": {
    severity: "error",
    text: (p: { of: string; example: string }) => ({
      message: `${p.of} takes its arguments by name`,
      help: `write ${p.example}`,
    }),
  },
  "duplicate-name": {
    severity: "error",
    text: (p: { name: string }) => ({
      message: `"${p.name}" is declared twice`,
      help: "give one of them another name",
    }),
  },
  "duplicate-field": {
    severity: "error",
    text: (p: { name: string }) => ({ message: `"${p.name}" is given twice`, help: "remove one of them" }),
  },
  "reserved-name": {
    severity: "error",
    text: (p: { name: string }) => ({
      message: `the name "${p.name}" belongs to a built-in action`,
      help: "choose a name that doesn't begin with CLUSTER_ or NODE_",
    }),
  },
  "missing-field": {
    severity: "error",
    text: (p: { of: string; names: readonly string[] }) => ({
      message: `${p.of} lacks ${p.names.map((name) => `"${name}"`).join(" and ")}`,
      help: `add ${p.names.map((name) => `\`${name}: …\``).join(" and ")}`,
    }),
  },
  "wrong-type": {
    severity: "error",
    text: (p: { expected: string; found: string; help: string | undefined }) => ({
      message: `expected ${p.expected}, found ${p.found}`,
      help: p.help,
    }),
  },
  "wrong-operands": {
    severity: "error",
    text: (p: { operator: string; left: string; right: string | undefined; help: string | undefined }) => ({
      message:
        p.right === undefined
          ? `"${p.operator}" does not work on ${p.left}`
          : `"${p.operator}" does not work between ${p.left} and ${p.right}`,
      help: p.help,
    }),
  },
  "maybe-none": {
    severity: "error",
    text: (p: { type: string }) => ({
      message: `this ${p.type} may be none`,
      help: "write `?? …` behind it, or give it a name and test that first: `if name != none { … }`",
    }),
  },
  "unknown-shape": {
    severity: "error",
    text: (p: { help: string }) => ({ message: "the shape of this value is not known", help: p.help }),
  },
  "not-showable": {
    severity: "error",
    text: (p: { type: string }) => ({
      message: `${p.type} cannot be written into a text or an event`,
      help: "pick a field of it, or map a list of them to their names: `.map(n => n.name)`",
    }),
  },
  "not-callable": {
    severity: "error",
    text: (p: { what: string; help: string | undefined }) => ({
      message: `${p.what} cannot be called`,
      help: p.help,
    }),
  },
  "misplaced-call": {
    severity: "error",
    text: (p: { what: string }) => ({
      message: `${p.what} acts, so it cannot stand inside an expression`,
      help: "make it a statement of its own, or the whole value of a `let`",
    }),
  },
  "misplaced-value": {
    severity: "error",
    text: (p: { what: string; help: string }) => ({ message: `${p.what} cannot stand here`, help: p.help }),
  },
  "no-effect": {
    severity: "error",
    text: (_: Record<never, never>) => ({
      message: "this statement does nothing",
      label: "its value is not used",
      help: "remove it, or keep the value with `let`",
    }),
  },
  "no-result": {
    severity: "error",
    text: (p: { what: string; help?: string }) => ({
      message: `${p.what} gives no value`,
      help: p.help ?? "call it without `let`",
    }),
  },
  "misplaced-clause": {
    severity: "error",
    text: (p: { clause: string }) => ({
      message: `\`${p.clause}\` belongs only to a call that acts`,
      help: "remove it: this value is only computed",
    }),
  },
  "misplaced-statement": {
    severity: "error",
    text: (p: { statement: string; where: string }) => ({
      message: `\`${p.statement}\` cannot stand here`,
      help: `it belongs ${p.where}`,
    }),
  },
  "only-in-library": {
    severity: "error",
    text: (p: { what: string; instead: string }) => ({
      message: `${p.what} is only for the built-in actions`,
      help: p.instead,
    }),
  },
  "missing-return": {
    severity: "error",
    text: (p: { action: string; type: string }) => ({
      message: `action "${p.action}" can end without a return`,
      label: `promises ${p.type}`,
      help: `end it with \`return\` and ${p.type}`,
    }),
  },
  recursion: {
    severity: "error",
    text: (p: { cycle: readonly string[] }) => ({
      message: `this call never ends: ${p.cycle.join(" calls ")}`,
      help: "remove one call of the circle: an action may not come back to itself",
    }),
  },
  unused: {
    severity: "warning",
    text: (p: { kind: string; name: string }) => ({
      message: `${p.kind} "${p.name}" is never used`,
      help: "remove it",
    }),
  },
  "shadowed-name": {
    severity: "warning",
    text: (p: { name: string; what: string }) => ({
      message: `"${p.name}" hides the ${p.what} of this name`,
      help: "give it another name, so that readers know which one is meant",
    }),
  },
  "constant-condition": {
    severity: "warning",
    text: (p: { value: boolean }) => ({
      message: `this condition is always ${p.value}`,
      help: "test something that can change, or remove the condition",
    }),
  },
  unreachable: {
    severity: "warning",
    text: (p: { after: string }) => ({
      message: `this is never reached: it stands after ${p.after}`,
      help: "remove it",
    }),
  },
  deprecated: {
    severity: "warning",
    text: (p: { what: string; why: string; use: string | null }) => ({
      message: `${p.what} is deprecated${p.why === "" ? "" : `: ${p.why}`}`,
      help: p.use === null ? undefined : `use "${p.use}"`,
    }),
  },
  "bad-time": {
    severity: "error",
    text: (p: { text: string }) => ({
      message: `"${p.text}" is no time`,
      help: 'write a day, with or without an hour, in UTC: "2026-11-27" or "2026-11-27 18:00"',
    }),
  },
  "secret-flow": {
    severity: "error",
    text: (p: { where: string; inside: boolean }) => ({
      message: p.inside
        ? `a secret inside this value would end up in ${p.where}`
        : `a secret would end up in ${p.where}`,
      help: p.inside
        ? "leave the secret out: name the fields that are wanted"
        : "hand it only to a driver: to a profile's property, or to an argument that is a Secret",
    }),
  },
  "plain-secret": {
    severity: "error",
    text: (p: { name: string; because: string }) => ({
      message: `"${p.name}" is a secret, ${p.because}`,
      label: "everybody who may read the program or its plan could read it",
      help: `declare one, \`secret ${p.name} = env("${p.name.toUpperCase()}")\`, and write its name here`,
    }),
  },
  "bad-secret": {
    severity: "error",
    text: (p: { problem: string; help: string }) => ({ message: p.problem, help: p.help }),
  },
  "not-importable": {
    severity: "error",
    text: (p: { word: string }) => ({
      message: `an imported file cannot declare \`${p.word}\``,
      label: "a library says what may be used, not what there is",
      help: "move it to the program that imports this file",
    }),
  },
  "bad-import": {
    severity: "error",
    text: (p: { path: string; error: string }) => ({
      message: `"${p.path}" cannot be imported: ${p.error}`,
    }),
  },
  "import-cycle": {
    severity: "error",
    text: (p: { cycle: readonly string[] }) => ({
      message: `this import never ends: ${p.cycle.join(" imports ")}`,
      help: "move what both files need to a third one",
    }),
  },
  "repeated-settings": {
    severity: "error",
    text: (p: { plugin: string }) => ({
      message: `plugin "${p.plugin}" is set in two files`,
      help: "keep the `with` of one of them",
    }),
  },
  "bad-plugin": {
    severity: "error",
    text: (p: { path: string; error: string; help: string | undefined }) => ({
      message: `plugin "${p.path}" cannot be used: ${p.error}`,
      help: p.help,
    }),
  },
  "bad-capability": {
    severity: "error",
    text: (p: { name: string; problem: string; help: string }) => ({
      message: `\`allow ${p.name}\` ${p.problem}`,
      help: p.help,
    }),
  },
  "missing-grant": {
    severity: "error",
    text: (p: { plugin: string; line: string; why: string }) => ({
      message: `plugin "${p.plugin}" needs a permission: ${p.why}`,
      help: `if you agree, add the line: ${p.line}`,
    }),
  },
  "unlocked-grant": {
    severity: "error",
    text: (p: { plugin: string; permission: string; locked: string; help: string }) => ({
      message: `coppice.lock doesn't grant plugin "${p.plugin}" ${p.permission}`,
      label: `it grants ${p.locked}`,
      help: p.help,
    }),
  },
  "needless-grant": {
    severity: "warning",
    text: (p: { plugin: string; capability: string }) => ({
      message: `plugin "${p.plugin}" does not ask for this ${p.capability} permission`,
      help: "remove the line",
    }),
  },
  "out-of-range": {
    severity: "error",
    text: (p: { name: string; value: string; allowed: string }) => ({
      message: `"${p.name}" is ${p.value}`,
      label: `allowed: ${p.allowed}`,
      help: "change the value",
    }),
  },
  "bad-bounds": {
    severity: "error",
    text: (p: { problem: string; help: string }) => ({ message: p.problem, help: p.help }),
  },
  "bad-size": {
    severity: "error",
    text: (p: { problem: string; help: string }) => ({ message: p.problem, help: p.help }),
  },
  "param-not-set": {
    severity: "error",
    text: (p: { name: string }) => ({
      message: `param "${p.name}" has no value`,
      help: `give it one with --set ${p.name}=…, or write a default behind its type`,
    }),
  },
  "bad-param-value": {
    severity: "error",
    text: (p: { name: string; value: string; type: string }) => ({
      message: `--set ${p.name}=${p.value} is not of type ${p.type}`,
      help: "write the value as it would stand in the program",
    }),
  },
  "unknown-param": {
    severity: "error",
    text: (p: { name: string; help: string | undefined }) => ({
      message: `--set ${p.name}=…: the program has no param "${p.name}"`,
      help: p.help,
    }),
  },
  "not-constant": {
    severity: "error",
    text: (p: { what: string }) => ({
      message: `${p.what} is known only while an action runs`,
      help: "use literals and params here",
    }),
  },
  "constant-fails": {
    severity: "error",
    text: (p: { message: string; help: string | undefined }) => ({
      message: `this cannot be computed: ${p.message}`,
      help: p.help,
    }),
  },
  "not-exhaustive": {
    severity: "error",
    text: (p: { type: string; missing: readonly string[] | null }) => ({
      message:
        p.missing === null
          ? `this match takes some values of ${p.type} and leaves the others`
          : `this match leaves ${p.missing.join(", ")}`,
      help: p.missing === null ? "end it with `else => …`" : "add the case, or end it with `else => …`",
    }),
  },
  "repeated-case": {
    severity: "error",
    text: (p: { value: string }) => ({
      message: `${p.value} is matched already`,
      help: "remove it: the first case that fits is taken",
    }),
  },
  "needless-else": {
    severity: "warning",
    text: (p: { type: string }) => ({
      message: `this \`else\` is never taken: all values of ${p.type} have a case`,
      help: "remove it, so that the checker tells you of values that come later",
    }),
  },
  "recursive-record": {
    severity: "error",
    text: (p: { name: string }) => ({
      message: `record "${p.name}" contains itself`,
      help: "remove the field: such a value would never end",
    }),
  },
  ...durableCatalog,
} as const satisfies Record<string, CatalogEntry>;
