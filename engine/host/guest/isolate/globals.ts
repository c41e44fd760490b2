import "./early-globals.ts";
import { atobInside, btoaInside } from "./base64.ts";
import { BlobInside, FileInside } from "./blob.ts";
import { makeConsole } from "./console.ts";
import { CryptoInside } from "./crypto.ts";
import { CryptoKeyInside } from "./crypto-key.ts";
import { defineGlobals } from "./define-globals.ts";
import {
  TextDecoderInside,
  TextDecoderStreamInside,
  TextEncoderInside,
  TextEncoderStreamInside,
} from "./encoding.ts";
import { fetchInside } from "./fetch.ts";
import { FormDataInside } from "./form-data.ts";
import { HeadersInside } from "./headers.ts";
import { performanceInside } from "./performance.ts";
import { RequestInside } from "./request.ts";
import { ResponseInside } from "./response.ts";
import { URLSearchParamsInside } from "./search-params.ts";
import * as streams from "./streams.ts";
import { structuredCloneInside } from "./structured-clone.ts";
import { SubtleCryptoInside } from "./subtle.ts";
import { clearTimer, queueMicrotaskInside, setIntervalInside, setTimeoutInside } from "./timers.ts";
import { URLInside } from "./url.ts";

/** The web-like globals that a plugin finds. */
export function installGlobals(): void {
  Error.stackTraceLimit = 30; // libraries are deep, and the author's own frame lies at the bottom
  defineGlobals({
    console: makeConsole(),
    setTimeout: setTimeoutInside,
    clearTimeout: clearTimer,
    setInterval: setIntervalInside,
    clearInterval: clearTimer,
    queueMicrotask: queueMicrotaskInside,
    URL: URLInside,
    URLSearchParams: URLSearchParamsInside,
    TextEncoder: TextEncoderInside,
    TextDecoder: TextDecoderInside,
    TextEncoderStream: TextEncoderStreamInside,
    TextDecoderStream: TextDecoderStreamInside,
    structuredClone: structuredCloneInside,
    atob: atobInside,
    btoa: btoaInside,
    crypto: new CryptoInside(),
    Crypto: CryptoInside,
    CryptoKey: CryptoKeyInside,
    SubtleCrypto: SubtleCryptoInside,
    performance: performanceInside,
    fetch: fetchInside,
    Headers: HeadersInside,
    Request: RequestInside,
    Response: ResponseInside,
    Blob: BlobInside,
    File: FileInside,
    FormData: FormDataInside,
    self: globalThis,
    ...Object.fromEntries(
      Object.entries(streams).map(([name, value]) => [name.replace(/Inside$/, ""), value]),
    ),
  });
}
