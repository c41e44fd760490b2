/** Above this part of a cluster that falls ill at once, something else is broken: nothing is recovered by itself. */
const massPart = 0.5;
const massLeast = 3;

/** Whether so many nodes are ill at once that a broken network or cloud is likelier than as many broken nodes. */
export function isMassFailure(q: { readonly ill: number; readonly nodes: number }): boolean {
  return q.ill >= massLeast && q.ill > q.nodes * massPart;
}

/** What is said of it. `some`: a few were recovered before it was seen. */
export function massFault(q: {
  readonly ill: number;
  readonly nodes: number;
  readonly some?: boolean;
}): string {
  const none = q.some === true ? "no other" : "none";
  return `${q.ill} of ${q.nodes} nodes are ill at once: ${none} is recovered by itself`;
}
