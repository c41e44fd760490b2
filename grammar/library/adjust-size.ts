/** What a resize asks for: a size, or a change as Senlin has it, and bounds that it sets. */
export interface Resize {
  readonly size: number | null;
  /** `EXACT_CAPACITY`, `CHANGE_IN_CAPACITY`, `CHANGE_IN_PERCENTAGE` */
  readonly type: string | null;
  readonly number: number | null;
  /** The least change of a percentage. */
  readonly minStep: number | null;
  /** Otherwise it comes as near as the bounds allow. */
  readonly strict: boolean;
  readonly minimum: number;
  /** `null`: no bound. */
  readonly maximum: number | null;
}

/** How many nodes a cluster of `current` is to have. (senlin: common/scaleutils.py, calculate_desired) */
export function targetSize(current: number, q: Resize): number {
  if (q.size !== null) return q.size;
  const wanted = adjusted(current, q);
  if (q.strict) return wanted;
  const atMost = q.maximum === null ? wanted : Math.min(wanted, q.maximum);
  return Math.max(q.minimum, atMost);
}

function adjusted(current: number, { type, number, minStep }: Resize): number {
  if (number === null) return current;
  switch (type) {
    case "EXACT_CAPACITY":
      return Math.trunc(number);
    case "CHANGE_IN_CAPACITY":
      return current + Math.trunc(number);
    case "CHANGE_IN_PERCENTAGE": {
      const change = Math.trunc((number * current) / 100);
      const least = minStep ?? 1;
      return current + (Math.abs(change) < least ? Math.sign(number) * least : change);
    }
    default:
      return current;
  }
}
