import { suggest } from "../../diagnostics/suggest.ts";
import type { NameNode } from "../../syntax.ts";
import type { Checker } from "../checker.ts";

/** The word, if it is one of those that may stand there; else it is reported: `"ill" is no state of a node`. */
export function knownWord<Word extends string>(
  c: Checker,
  node: NameNode,
  what: string,
  words: readonly Word[],
): Word | undefined {
  const found = words.find((word) => word === node.text);
  if (found !== undefined || node.text === "") return found;
  const near = suggest(node.text, words);
  c.reportNear(near, "unknown-word", node.span, {
    word: node.text,
    what,
    words,
    help: near === undefined ? undefined : `did you mean "${near}"?`,
  });
  return undefined;
}
