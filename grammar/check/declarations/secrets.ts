import { suggest } from "../../diagnostics/suggest.ts";
import type { PlanSecret } from "../../plan.ts";
import type { Position } from "../../spans.ts";
import type { SecretNode } from "../../syntax.ts";
import type { Checker } from "../checker.ts";
import { plainText } from "./plugins.ts";
import { providedBy } from "./provided.ts";

const sources = ["env", "file"] as const;

/** Where a secret's value is, as one file says; how a store's plugin is used is known when all files are. */
export type CheckedSecret =
  | Extract<PlanSecret, { source: "env" | "file" }>
  | {
      readonly source: "store";
      readonly plugin: string;
      readonly store: string;
      readonly key: string;
      readonly at: Position;
    };

/** `secret password = env("DB_PASSWORD")`; `undefined` after a mistake. */
export function checkSecret(c: Checker, node: SecretNode): CheckedSecret | undefined {
  const key = plainText(node.key); // where there is none the parser has said why
  if (node.plugin !== null) {
    const found = providedBy(c, { plugin: node.plugin, name: node.source, kind: "secret_stores" });
    if (found === undefined || key === undefined) return undefined;
    return storedSecret(c, node, key);
  }
  const source = sources.find((one) => one === node.source.text);
  if (source === undefined) {
    if (node.source.text === "") return undefined;
    const near = suggest(node.source.text, sources);
    c.reportNear(near, "bad-secret", node.source.span, {
      problem: `a secret cannot come from "${node.source.text}"`,
      help:
        near === undefined
          ? 'write env("NAME"), file("name"), or plugin.store("key")'
          : `did you mean "${near}"?`,
    });
    return undefined;
  }
  if (key === undefined) return undefined;
  const problem = source === "env" ? envProblem(key) : fileProblem(key);
  if (problem === undefined) return { source, key, at: c.position(node.span) };
  c.report("bad-secret", node.key.span, problem);
  return undefined;
}

/** A key is the store's affair; only what no store can be asked for is refused. */
function storedSecret(c: Checker, node: SecretNode, key: string): CheckedSecret | undefined {
  const plugin = node.plugin?.text ?? "";
  if (key.length >= 1 && key.length <= 1000 && !key.includes("\0"))
    return { source: "store", plugin, store: node.source.text, key, at: c.position(node.span) };
  c.report("bad-secret", node.key.span, {
    problem: key === "" ? "the key is empty" : "no store has such a key",
    help: `write what the store keeps it under: ${plugin}.${node.source.text}("db-password")`,
  });
  return undefined;
}

function envProblem(key: string): { problem: string; help: string } | undefined {
  if (/^[A-Za-z_][A-Za-z0-9_]*$/.test(key)) return undefined;
  return {
    problem: `"${key}" is no name of an environment variable`,
    help: 'write letters, digits and underscores: env("DB_PASSWORD")',
  };
}

/** The operator says in which folder the files of secrets lie; a program only names one in it. */
function fileProblem(key: string): { problem: string; help: string } | undefined {
  if (/^[A-Za-z0-9_][A-Za-z0-9_.-]*$/.test(key)) return undefined;
  return {
    problem: `"${key}" is no name of a file`,
    help: 'write the name alone: file("db-password"); the operator says in which folder it lies',
  };
}
