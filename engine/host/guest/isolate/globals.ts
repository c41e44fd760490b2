import { AbortControllerInside, AbortSignalInside, EventInside, EventTargetInside } from "./abort.ts";
import { atobInside, btoaInside } from "./base64.ts";
import { consoleInside } from "./console.ts";
import { cryptoInside } from "./crypto.ts";
import { TextDecoderInside, TextEncoderInside } from "./encoding.ts";
import { fetchInside, HeadersInside, ResponseInside } from "./fetch.ts";
import { structuredCloneInside } from "./structured-clone.ts";
import { clearTimer, setIntervalInside, setTimeoutInside } from "./timers.ts";
import { URLInside, URLSearchParamsInside } from "./url.ts";

/** The web-like globals that a plugin finds. */
export function installGlobals(): void {
  const globals: Record<string, unknown> = {
    console: consoleInside,
    setTimeout: setTimeoutInside,
    clearTimeout: clearTimer,
    setInterval: setIntervalInside,
    clearInterval: clearTimer,
    queueMicrotask: (f: () => void) => void Promise.resolve().then(f),
    URL: URLInside,
    URLSearchParams: URLSearchParamsInside,
    TextEncoder: TextEncoderInside,
    TextDecoder: TextDecoderInside,
    structuredClone: structuredCloneInside,
    atob: atobInside,
    btoa: btoaInside,
    crypto: cryptoInside,
    Event: EventInside,
    EventTarget: EventTargetInside,
    AbortController: AbortControllerInside,
    AbortSignal: AbortSignalInside,
    fetch: fetchInside,
    Headers: HeadersInside,
    Response: ResponseInside,
  };
  for (const [name, value] of Object.entries(globals)) {
    if (typeof value === "function") Object.defineProperty(value, "name", { value: name });
    Object.defineProperty(globalThis, name, { value, writable: true, configurable: true, enumerable: false });
  }
}
