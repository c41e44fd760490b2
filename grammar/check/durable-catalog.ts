import type { CatalogEntry } from "../diagnostics/diagnostic.ts";

/** What the checker says of policies, approvals, locks, triggers, tests and budgets, by permanent code. */
export const durableCatalog = {
  "acts-in-policy": {
    severity: "error",
    text: (p: { what: string }) => ({
      message: `${p.what} cannot be called in a policy`,
      label: "a policy decides, and changes nothing itself",
      help: "call it in an action; a policy may call functions of plugins",
    }),
  },
  "limit-needs-count": {
    severity: "error",
    text: (p: { action: string }) => ({
      message: `\`limit\` has nothing to bound in ${p.action}`,
      label: "it bounds how many nodes come or go",
      help: "put it in a `before` of resize, scale_in and scale_out only",
    }),
  },
  "place-needs-nodes": {
    severity: "error",
    text: (p: { action: string }) => ({
      message: `\`place\` has nothing to place in ${p.action}`,
      label: "it decides where new nodes come",
      help: "put it in a `before` of create, resize, scale_out and recover only",
    }),
  },
  "unknown-weight": {
    severity: "error",
    text: (p: { name: string; names: readonly string[]; help: string | undefined }) => ({
      message: `the weight of "${p.name}" is never used`,
      label: `nodes are placed across: ${p.names.join(", ")}`,
      help: p.help,
    }),
  },
  "unknown-word": {
    severity: "error",
    text: (p: { word: string; what: string; words: readonly string[]; help: string | undefined }) => ({
      message: `"${p.word}" is no ${p.what}`,
      label: `there are: ${p.words.join(", ")}`,
      help: p.help,
    }),
  },
  "bad-enforcement": {
    severity: "error",
    text: (p: { problem: string; help: string }) => ({ message: p.problem, help: p.help }),
  },
  "needless-enforcement": {
    severity: "warning",
    text: (p: { policy: string }) => ({
      message: `policy "${p.policy}" denies nothing, so \`enforce\` changes nothing`,
      help: "remove it",
    }),
  },
  "unknown-role": {
    severity: "warning",
    text: (p: { role: string; near: string }) => ({
      message: `nobody may have the role "${p.role}"`,
      label: "usual roles are: admin, operator, member, reader",
      help: `did you mean "${p.near}"?`,
    }),
  },
  "nested-lock": {
    severity: "error",
    text: (p: { path: readonly string[] }) => ({
      message:
        p.path.length === 0
          ? "a lock is taken inside of a lock"
          : `a lock is taken inside of a lock: ${p.path.join(" calls ")}, which takes one`,
      label: "two actions could wait for each other for ever",
      help: 'take all of them at once: `lock "a", "b" { … }`',
    }),
  },
  "bad-schedule": {
    severity: "error",
    text: (p: { problem: string; help: string }) => ({ message: p.problem, help: p.help }),
  },
  "bad-time-zone": {
    severity: "error",
    text: (p: { zone: string; help: string }) => ({
      message: `there is no time zone "${p.zone}"`,
      help: p.help,
    }),
  },
  "unknown-event": {
    severity: "error",
    text: (p: { source: string; name: string; names: readonly string[]; help: string | undefined }) => ({
      message: `${p.source} tells of no event "${p.name}"`,
      label: p.names.length === 0 ? "it tells of none" : `it tells of: ${p.names.join(", ")}`,
      help: p.help,
    }),
  },
  "trigger-loop": {
    severity: "warning",
    text: (p: { event: string; why: string }) => ({
      message: `this listener starts itself again: ${p.why}`,
      label: `it listens to every ${p.event}`,
      help: "say which ones it is for: `when e.… == …`",
    }),
  },
  "not-runnable": {
    severity: "error",
    text: (p: { what: string; help: string }) => ({
      message: `a test cannot run ${p.what}`,
      help: p.help,
    }),
  },
  "missing-cluster": {
    severity: "error",
    text: (p: { names: readonly string[] }) => ({
      message: "it is not said whose node this is",
      label: p.names.length === 0 ? "the program has no cluster" : `there are: ${p.names.join(", ")}`,
      help: p.names.length === 0 ? "declare one" : `write \`node … of ${p.names[0]}\``,
    }),
  },
  "tests-nothing": {
    severity: "warning",
    text: (p: { name: string }) => ({
      message: `test "${p.name}" runs nothing and expects nothing`,
      help: "add a `run` or an `expect`",
    }),
  },
  "over-budget": {
    severity: "error",
    text: (p: { action: string; of: string; events: string; bytes: string; help: string }) => ({
      message: `action "${p.action}" can become too long: about ${p.events} history events and ${p.bytes} with ${p.of}`,
      label: "most of it comes from here; at most 40,000 events and 40 MB may be",
      help: p.help,
    }),
  },
} as const satisfies Record<string, CatalogEntry>;
