/** Somebody works on a cluster or node by hand: the engine leaves it alone. */
export interface Maintenance {
  /** Milliseconds since 1970; `null`: until it is ended. */
  readonly until: number | null;
}

/** Whether it goes on at this time, in milliseconds since 1970. */
export function isMaintained(maintenance: Maintenance | null | undefined, now: number): boolean {
  if (maintenance === null || maintenance === undefined) return false;
  return maintenance.until === null || maintenance.until > now;
}
