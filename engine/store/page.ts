/** How much of a list to read: at most `limit` rows (1 to 1000), after the row whose id is `marker`. */
export interface Page {
  readonly limit: number;
  readonly marker: string | null;
}

/** The limit within its bounds. */
export function pageLimit(q: Pick<Page, "limit">): number {
  return Math.min(Math.max(Math.trunc(q.limit), 1), 1000);
}
