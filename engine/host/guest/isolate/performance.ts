const { now: clock } = Date;
const origin = clock();
let last = 0;

/** `performance.now()`: whole milliseconds since the isolate was made, no finer, and never back. */
export const performanceInside = Object.freeze({
  timeOrigin: origin,
  now(): number {
    last = Math.max(last, clock() - origin);
    return last;
  },
  toJSON: () => ({ timeOrigin: origin }),
});
