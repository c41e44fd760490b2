/** Events, signals, timers, microtasks, exceptions. */
export const events: Readonly<Record<string, () => unknown>> = {
  abort: async () => {
    const controller = new AbortController();
    const seen: unknown[] = [];
    controller.signal.addEventListener("abort", () => seen.push("listener"), { once: true });
    controller.signal.onabort = (event) => seen.push(`property ${event.type}`);
    const any = AbortSignal.any([controller.signal, AbortSignal.timeout(10_000)]);
    any.addEventListener("abort", () => seen.push("any"));
    controller.abort("why");
    controller.abort("again");
    try {
      any.throwIfAborted();
    } catch (error) {
      seen.push(error);
    }
    const late = AbortSignal.timeout(5);
    await new Promise((resolve) => late.addEventListener("abort", resolve));
    return [
      seen.sort(),
      (late.reason as Error).name,
      AbortSignal.abort().reason.name,
      AbortSignal.abort().aborted,
    ];
  },
  abort_is_not_made: () => {
    try {
      return new AbortSignal() instanceof AbortSignal;
    } catch (error) {
      return (error as Error).name;
    }
  },
  abort_any_of_aborted: () => AbortSignal.any([new AbortController().signal, AbortSignal.abort(7)]).reason,
  listeners: () => {
    const target = new EventTarget();
    const seen: unknown[] = [];
    const twice = () => seen.push("twice");
    target.addEventListener("x", twice);
    target.addEventListener("x", twice);
    target.addEventListener("x", { handleEvent: (event) => seen.push(event.type, event.target === target) });
    target.addEventListener("x", () => seen.push("once"), { once: true });
    const stop = new AbortController();
    target.addEventListener("x", () => seen.push("stopped"), { signal: stop.signal });
    target.dispatchEvent(new Event("x"));
    stop.abort();
    target.removeEventListener("x", twice);
    target.dispatchEvent(new CustomEvent("x", { detail: 5 }));
    return seen;
  },
  listeners_stop: () => {
    const target = new EventTarget();
    const seen: unknown[] = [];
    target.addEventListener("x", (event) => {
      seen.push(1);
      event.preventDefault();
      event.stopImmediatePropagation();
    });
    target.addEventListener("x", () => seen.push(2));
    const passed = target.dispatchEvent(new Event("x", { cancelable: true }));
    return [seen, passed, new CustomEvent("y", { detail: { a: 1 } }).detail];
  },
  dom_exception: () => {
    const e = new DOMException("m", "AbortError");
    const cause = new DOMException("m", { name: "DataError", cause: 1 });
    return [
      e.name,
      e.message,
      e.code,
      e instanceof Error,
      String(e),
      DOMException.ABORT_ERR,
      e.TIMEOUT_ERR,
      cause.cause,
      new DOMException().name,
      Object.prototype.toString.call(e),
    ];
  },
  timers: async () => {
    const seen: unknown[] = [];
    clearTimeout(setTimeout(() => seen.push("cleared"), 1));
    queueMicrotask(() => seen.push("micro"));
    await new Promise((resolve) => {
      let turns = 0;
      const interval = setInterval(
        (step: number) => {
          turns += step;
          if (turns < 6) return;
          clearInterval(interval);
          resolve(null);
        },
        5,
        2,
      );
    });
    await new Promise((resolve) =>
      setTimeout(
        (a: number, b: number) => {
          seen.push(a + b);
          resolve(null);
        },
        20,
        1,
        2,
      ),
    );
    return seen;
  },
  order: async () => {
    const seen: string[] = [];
    setTimeout(() => seen.push("timer"), 0);
    queueMicrotask(() => seen.push("micro"));
    void Promise.resolve().then(() => seen.push("promise"));
    seen.push("now");
    await new Promise((resolve) => setTimeout(resolve, 20));
    return seen;
  },
  clock: async () => {
    const before = performance.now();
    await new Promise((resolve) => setTimeout(resolve, 30));
    const passed = performance.now() - before;
    return [
      passed > 10,
      passed < 5000,
      Math.abs(performance.timeOrigin + performance.now() - Date.now()) < 5000,
    ];
  },
};
