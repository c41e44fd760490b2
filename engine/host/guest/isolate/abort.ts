import { setTimeoutInside } from "./timers.ts";

type Listener = ((event: EventInside) => void) | { handleEvent(event: EventInside): void };

/** `Event`, as far as `EventTarget` needs it. */
export class EventInside {
  readonly type: string;
  target: unknown = null;

  constructor(type: string) {
    this.type = String(type);
  }
}

/** `EventTarget` without capture or bubbling: nothing here has a tree. */
export class EventTargetInside {
  readonly #listeners = new Map<string, Map<Listener, boolean>>();

  addEventListener(type: string, listener: Listener, options?: boolean | { once?: boolean }): void {
    const of = this.#listeners.get(type) ?? new Map<Listener, boolean>();
    of.set(listener, typeof options === "object" && options.once === true);
    this.#listeners.set(type, of);
  }

  removeEventListener(type: string, listener: Listener): void {
    this.#listeners.get(type)?.delete(listener);
  }

  dispatchEvent(event: EventInside): boolean {
    event.target = this;
    for (const [listener, once] of [...(this.#listeners.get(event.type) ?? [])]) {
      if (once) this.removeEventListener(event.type, listener);
      if (typeof listener === "function") listener.call(this, event);
      else listener.handleEvent(event);
    }
    return true;
  }
}

/** `AbortSignal`. */
export class AbortSignalInside extends EventTargetInside {
  aborted = false;
  reason: unknown = undefined;
  onabort: ((event: EventInside) => void) | null = null;

  throwIfAborted(): void {
    if (this.aborted) throw this.reason;
  }

  static abort(reason?: unknown): AbortSignalInside {
    const signal = new AbortSignalInside();
    abortSignal(signal, reason);
    return signal;
  }

  static timeout(milliseconds: number): AbortSignalInside {
    const signal = new AbortSignalInside();
    setTimeoutInside(
      () => abortSignal(signal, named("TimeoutError", "the operation timed out")),
      milliseconds,
    );
    return signal;
  }

  static any(signals: Iterable<AbortSignalInside>): AbortSignalInside {
    const any = new AbortSignalInside();
    for (const signal of signals) {
      if (signal.aborted) abortSignal(any, signal.reason);
      else signal.addEventListener("abort", () => abortSignal(any, signal.reason), { once: true });
    }
    return any;
  }
}

/** `AbortController`. */
export class AbortControllerInside {
  readonly signal = new AbortSignalInside();

  abort(reason?: unknown): void {
    abortSignal(this.signal, reason);
  }
}

function abortSignal(signal: AbortSignalInside, reason: unknown): void {
  if (signal.aborted) return;
  signal.aborted = true;
  signal.reason = reason === undefined ? named("AbortError", "the operation was aborted") : reason;
  const event = new EventInside("abort");
  signal.onabort?.(event);
  signal.dispatchEvent(event);
}

function named(name: string, message: string): Error {
  return Object.assign(new Error(message), { name });
}
