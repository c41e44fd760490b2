import { wires } from "./wires.ts";

/** As many as the guest process keeps (`room-wires.ts`). */
const timersAtMost = 1000;
const longest = 2 ** 31 - 1;
const timers = new Map<number, () => void>();
let last = 0;

/** `setTimeout`; at most 1,000 at a time. */
export function setTimeoutInside(f: unknown, milliseconds?: unknown, ...rest: unknown[]): number {
  if (typeof f !== "function") throw new TypeError("setTimeout needs a function");
  if (timers.size >= timersAtMost) throw new RangeError(`more than ${timersAtMost} timers at once`);
  const id = ++last;
  timers.set(id, () => f(...rest));
  wires.setTimer(id, Math.min(Math.max(Number(milliseconds) || 0, 0), longest));
  return id;
}

/** `setInterval`, each turn after the one before. */
export function setIntervalInside(f: unknown, milliseconds?: unknown, ...rest: unknown[]): number {
  if (typeof f !== "function") throw new TypeError("setInterval needs a function");
  const wait = Math.min(Math.max(Number(milliseconds) || 0, 1), longest);
  const id = ++last;
  const turn = () => {
    timers.set(id, turn);
    wires.setTimer(id, wait);
    f(...rest);
  };
  timers.set(id, turn);
  wires.setTimer(id, wait);
  return id;
}

export function clearTimer(id: unknown): void {
  if (timers.delete(id as number)) wires.setTimer(id as number, -1);
}

/** `queueMicrotask`. What it throws is logged, as there is nobody to catch it. */
export function queueMicrotaskInside(f: unknown): void {
  if (typeof f !== "function") throw new TypeError("queueMicrotask needs a function");
  void Promise.resolve()
    .then(() => f())
    .catch((error) => console.error("a microtask threw:", error));
}

/** Called from outside when the time has come. What the function throws is logged, as there is nobody to catch it. */
export function fireTimer(id: number): void {
  const f = timers.get(id);
  timers.delete(id);
  try {
    f?.();
  } catch (error) {
    console.error("a timer's function threw:", error);
  }
}
