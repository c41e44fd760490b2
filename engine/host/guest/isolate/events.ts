/** What `addEventListener` takes. */
export type ListenerInside =
  | ((event: EventInside) => unknown)
  | { handleEvent(event: EventInside): unknown }
  | null;

interface Registration {
  readonly listener: NonNullable<ListenerInside>;
  readonly capture: boolean;
  readonly once: boolean;
  readonly passive: boolean;
  removed: boolean;
}

interface ListenerOptions {
  readonly once?: boolean;
  readonly capture?: boolean;
  readonly passive?: boolean;
  readonly signal?: EventTargetInside & { readonly aborted: boolean };
}

let isRunning: (event: EventInside) => boolean;
let runListeners: (
  event: EventInside,
  target: EventTargetInside,
  registrations: readonly Registration[],
) => void;

/** `Event`, as far as a target without parents needs it. */
export class EventInside {
  static readonly NONE = 0;
  static readonly AT_TARGET = 2;
  readonly type: string;
  readonly bubbles: boolean;
  readonly cancelable: boolean;
  readonly composed: boolean;
  readonly isTrusted = false;
  readonly timeStamp = Date.now();
  #state = { target: null as EventTargetInside | null, running: false, prevented: false, stopped: false };
  #passive = false;

  constructor(type: string, options: { bubbles?: boolean; cancelable?: boolean; composed?: boolean } = {}) {
    this.type = String(type);
    this.bubbles = options.bubbles === true;
    this.cancelable = options.cancelable === true;
    this.composed = options.composed === true;
  }

  get target(): EventTargetInside | null {
    return this.#state.target;
  }

  get srcElement(): EventTargetInside | null {
    return this.#state.target;
  }

  get currentTarget(): EventTargetInside | null {
    return this.#state.running ? this.#state.target : null;
  }

  get eventPhase(): number {
    return this.#state.running ? EventInside.AT_TARGET : EventInside.NONE;
  }

  get defaultPrevented(): boolean {
    return this.#state.prevented;
  }

  get returnValue(): boolean {
    return !this.#state.prevented;
  }

  composedPath(): EventTargetInside[] {
    return this.#state.running && this.#state.target !== null ? [this.#state.target] : [];
  }

  preventDefault(): void {
    if (this.cancelable && !this.#passive) this.#state.prevented = true;
  }

  stopPropagation(): void {}

  stopImmediatePropagation(): void {
    this.#state.stopped = true;
  }

  static {
    isRunning = (event) => event.#state.running;
    runListeners = (event, target, registrations) => {
      const state = event.#state;
      Object.assign(state, { target, running: true, stopped: false });
      for (const each of registrations) {
        if (each.removed) continue;
        if (each.once) each.removed = true;
        event.#passive = each.passive;
        try {
          if (typeof each.listener === "function") each.listener.call(target, event);
          else each.listener.handleEvent(event);
        } catch (error) {
          console.error("a listener threw:", error); // the others are called all the same
        }
        event.#passive = false;
        if (state.stopped) break;
      }
      state.running = false;
    };
  }
}

/** `CustomEvent`. */
export class CustomEventInside extends EventInside {
  readonly detail: unknown;

  constructor(
    type: string,
    options: ConstructorParameters<typeof EventInside>[1] & { detail?: unknown } = {},
  ) {
    super(type, options);
    this.detail = options.detail ?? null;
  }
}

/** `EventTarget` without capture or bubbling phases: nothing here has a tree. */
export class EventTargetInside {
  readonly #listeners = new Map<string, Registration[]>();

  addEventListener(
    type: string,
    listener: ListenerInside,
    options: boolean | ListenerOptions | null = {},
  ): void {
    if (listener === null || listener === undefined) return;
    if (typeof listener !== "function" && typeof listener !== "object")
      throw new TypeError("a listener is a function or has handleEvent");
    const o: ListenerOptions = typeof options === "boolean" ? { capture: options } : (options ?? {});
    if (o.signal?.aborted) return;
    const { capture = false, once = false, passive = false } = o;
    const of = this.#listeners.get(type) ?? [];
    if (of.some((each) => each.listener === listener && each.capture === capture)) return;
    this.#listeners.set(String(type), [...of, { listener, capture, once, passive, removed: false }]);
    o.signal?.addEventListener("abort", () => this.removeEventListener(type, listener, { capture }));
  }

  removeEventListener(
    type: string,
    listener: ListenerInside,
    options: boolean | { capture?: boolean } | null = {},
  ): void {
    const capture = typeof options === "boolean" ? options : options?.capture === true;
    const of = this.#listeners.get(type) ?? [];
    const found = of.find((each) => each.listener === listener && each.capture === capture);
    if (found === undefined) return;
    found.removed = true;
    this.#listeners.set(
      type,
      of.filter((each) => each !== found),
    );
  }

  dispatchEvent(event: EventInside): boolean {
    if (!(event instanceof EventInside)) throw new TypeError("dispatchEvent needs an Event");
    if (isRunning(event)) throw new Error("the event is being dispatched");
    runListeners(event, this, this.#listeners.get(event.type) ?? []);
    const left = this.#listeners.get(event.type)?.filter((each) => !each.removed) ?? [];
    if (left.length === 0) this.#listeners.delete(event.type);
    else this.#listeners.set(event.type, left);
    return !event.defaultPrevented;
  }
}
