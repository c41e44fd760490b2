import type { ProgramNode } from "../syntax.ts";

/** The levels of the deepest node, found without recursion: for programs that recursion would not survive. */
export function depthOf(program: ProgramNode): number {
  let deepest = 0;
  const open: { value: object; depth: number }[] = [{ value: program, depth: 0 }];
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    const { value, depth } = next;
    deepest = Math.max(deepest, depth);
    for (const part of Object.values(value)) {
      if (typeof part === "object" && part !== null) open.push({ value: part, depth: depth + 1 });
    }
  }
  return deepest;
}
