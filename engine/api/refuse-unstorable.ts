import { ApiError } from "./api-error.ts";

/** Deeper than any plan, manifest or argument; what walks a value by recursion is safe well beyond it. */
export const maximumDepth = 200;

/**
 * Refuses, with 400, what no column can hold or no walk survives: a NUL character in any text or name, and values that
 * are nested deeper than `maximumDepth`. Walks without recursion, so that the request can't exhaust the stack here.
 */
export function refuseUnstorable(where: string, value: unknown): void {
  const left: { readonly of: unknown; readonly depth: number }[] = [{ of: value, depth: 0 }];
  for (let next = left.pop(); next !== undefined; next = left.pop()) {
    const { of, depth } = next;
    if (typeof of === "string") refuseNul(where, of);
    if (typeof of !== "object" || of === null || of instanceof Uint8Array) continue; // bytes: a route parses them first
    if (depth === maximumDepth)
      throw new ApiError(400, `${where} is nested deeper than ${maximumDepth} levels`);
    for (const [name, inner] of Object.entries(of)) {
      refuseNul(where, name);
      left.push({ of: inner, depth: depth + 1 });
    }
  }
}

function refuseNul(where: string, text: string): void {
  if (text.includes("\u0000")) throw new ApiError(400, `${where} holds a NUL character; leave it out`);
}
