import { DOMExceptionInside } from "./dom-exception.ts";
import { EventInside, EventTargetInside } from "./events.ts";
import { setTimeoutInside } from "./timers.ts";

type Handler = ((event: EventInside) => unknown) | null;

const ours = Symbol("made by the platform");

let makeSignal: () => AbortSignalInside;
let abortSignal: (signal: AbortSignalInside, reason: unknown) => void;

/** Runs `f` once when the signal is aborted, before its listeners; returns what takes it back. */
export let whenAborted: (signal: AbortSignalInside, f: () => void) => () => void;

/** `AbortSignal`: made by a controller or by its own static methods. */
export class AbortSignalInside extends EventTargetInside {
  #aborted = false;
  #reason: unknown = undefined;
  #onabort: Handler = null;
  #hears = false;
  /** What happens first when it is aborted: requests end before listeners hear of it. */
  readonly #first = new Set<() => void>();

  constructor(key?: symbol) {
    if (key !== ours) throw new TypeError("Illegal constructor");
    super();
  }

  get aborted(): boolean {
    return this.#aborted;
  }

  get reason(): unknown {
    return this.#reason;
  }

  get onabort(): Handler {
    return this.#onabort;
  }

  set onabort(handler: Handler) {
    this.#onabort = typeof handler === "function" ? handler : null;
    if (this.#hears) return;
    this.#hears = true;
    this.addEventListener("abort", (event) => this.#onabort?.call(this, event));
  }

  throwIfAborted(): void {
    if (this.#aborted) throw this.#reason;
  }

  static abort(reason?: unknown): AbortSignalInside {
    const signal = new AbortSignalInside(ours);
    abortSignal(signal, reason);
    return signal;
  }

  static timeout(milliseconds: number): AbortSignalInside {
    const signal = new AbortSignalInside(ours);
    const late = new DOMExceptionInside("The operation was aborted due to timeout", "TimeoutError");
    setTimeoutInside(() => abortSignal(signal, late), milliseconds);
    return signal;
  }

  static any(signals: Iterable<AbortSignalInside>): AbortSignalInside {
    const all = [...signals];
    const any = new AbortSignalInside(ours);
    const aborted = all.find((signal) => signal.#aborted);
    if (aborted !== undefined) abortSignal(any, aborted.#reason);
    else for (const signal of all) signal.#first.add(() => abortSignal(any, signal.#reason));
    return any;
  }

  static {
    makeSignal = () => new AbortSignalInside(ours);
    whenAborted = (signal, f) => {
      signal.#first.add(f);
      return () => signal.#first.delete(f);
    };
    abortSignal = (signal, reason) => {
      if (signal.#aborted) return;
      signal.#aborted = true;
      signal.#reason =
        reason === undefined ? new DOMExceptionInside("This operation was aborted", "AbortError") : reason;
      const first = [...signal.#first];
      signal.#first.clear();
      for (const f of first) f();
      signal.dispatchEvent(new EventInside("abort"));
    };
  }
}

/** `AbortController`. */
export class AbortControllerInside {
  readonly #signal = makeSignal();

  get signal(): AbortSignalInside {
    return this.#signal;
  }

  abort(reason?: unknown): void {
    abortSignal(this.#signal, reason);
  }
}
