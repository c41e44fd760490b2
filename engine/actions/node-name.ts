import { randomInt } from "node:crypto";
import type { Json } from "../../grammar/plan.ts";

const letters = "abcdefghijklmnopqrstuvwxyz";
const digits = "0123456789";

/** A cluster's own format; of clusters of programs `<cluster>-<index>`, of others as Senlin has it. */
export function nodeNameFormat(cluster: {
  readonly config: Readonly<Record<string, Json>>;
  readonly name: string;
  readonly program: string | null;
}): string {
  const format = cluster.config["node.name.format"];
  if (typeof format === "string" && format !== "") return format;
  return cluster.program === null ? "node-$8R" : `${cluster.name.replaceAll("$", "$$$$")}-$I`;
}

/**
 * The name of a new node: `$nR` becomes n random letters and digits, a letter first, `$nr` the same in lower case, `$nI` the
 * index, padded with zeros to n digits. n is 8 for R and r, and no padding for I, when it is left out. (senlin:
 * common/utils.py, format_node_name)
 */
export function nodeName(format: string, index: number): string {
  return format.replaceAll(/\$(\$|(\d*)([RrI]))/g, (whole, rest: string, count: string, kind: string) => {
    if (rest === "$") return "$";
    if (kind === "I") return String(index).padStart(count === "" ? 0 : Number(count), "0");
    const length = Math.min(count === "" ? 8 : Number(count), 63);
    if (length === 0) return whole;
    const all = kind === "r" ? letters : letters + letters.toUpperCase();
    const first = all[randomInt(all.length)] ?? "a";
    const others = Array.from({ length: length - 1 }, () => {
      const from = all + digits;
      return from[randomInt(from.length)];
    });
    return first + others.join("");
  });
}
