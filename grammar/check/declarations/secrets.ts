import { suggest } from "../../diagnostics/suggest.ts";
import type { PlanSecret } from "../../plan.ts";
import type { SecretNode } from "../../syntax.ts";
import type { Checker } from "../checker.ts";
import { plainText } from "./plugins.ts";

const sources = ["env", "file"] as const;

/** `secret password = env("DB_PASSWORD")`; `undefined` after a mistake. */
export function checkSecret(c: Checker, node: SecretNode): PlanSecret | undefined {
  const source = sources.find((one) => one === node.source.text);
  const key = plainText(node.key);
  if (source === undefined) {
    if (node.source.text === "") return undefined;
    const near = suggest(node.source.text, sources);
    c.reportNear(near, "bad-secret", node.source.span, {
      problem: `a secret cannot come from "${node.source.text}"`,
      help: near === undefined ? 'write env("NAME") or file("name")' : `did you mean "${near}"?`,
    });
    return undefined;
  }
  if (key === undefined) {
    c.report("bad-secret", node.key.span, {
      problem: "the name of a secret's source cannot hold expressions",
      help: "write the name itself",
    });
    return undefined;
  }
  const problem = source === "env" ? envProblem(key) : fileProblem(key);
  if (problem === undefined) return { source, key, at: c.position(node.span) };
  c.report("bad-secret", node.key.span, problem);
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
