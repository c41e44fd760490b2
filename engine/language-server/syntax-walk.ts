import type { Span } from "../../grammar/spans.ts";

/** Anything of a syntax tree that has a place; `kind` is there for all nodes but the cases of a `match`. */
export interface Placed {
  readonly kind?: string;
  readonly span: Span;
}

/** The nearest placed parts of a node, in the order of its properties: nodes of kinds to come are walked as well. */
export function childrenOf(node: object): Placed[] {
  const found: Placed[] = [];
  for (const value of Object.values(node)) collect(value, found);
  return found;
}

function collect(value: unknown, found: Placed[]): void {
  if (typeof value !== "object" || value === null) return;
  if (Array.isArray(value)) {
    for (const item of value) collect(item, found);
  } else if ("span" in value) {
    found.push(value as Placed); // only syntax nodes and their parts have a span
  } else if (!("start" in value)) {
    for (const part of Object.values(value)) collect(part, found);
  }
}

/** Every placed part below `node` and itself, parents first. */
export function* walk(node: Placed): Generator<Placed> {
  const open: Placed[] = [node];
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    yield next;
    open.push(...childrenOf(next).reverse());
  }
}

/**
 * The parts around an offset, the outermost first. An offset between two parts belongs to the one that begins there;
 * at the end of a part it still belongs to it when nothing begins there.
 */
export function pathTo(root: Placed, offset: number): Placed[] {
  const path: Placed[] = [];
  for (let at: Placed | undefined = root; at !== undefined; ) {
    path.push(at);
    const around: Placed[] = childrenOf(at).filter(
      ({ span }) => span.start <= offset && offset <= span.end && span.end > span.start,
    );
    at = around.find(({ span }) => offset < span.end) ?? around.at(-1);
  }
  return path;
}
