/** `TextEncoder` and `TextDecoder` by @exodus/bytes: UTF-8, UTF-16 and the one-byte encodings, streaming and fatal too. */
export {
  TextDecoder as TextDecoderInside,
  TextDecoderStream as TextDecoderStreamInside,
  TextEncoder as TextEncoderInside,
  TextEncoderStream as TextEncoderStreamInside,
} from "@exodus/bytes/encoding-lite.js";

import { TextDecoder, TextEncoder } from "@exodus/bytes/encoding-lite.js";

const encoder = new TextEncoder();
const lossy = new TextDecoder("utf-8");
const withMark = new TextDecoder("utf-8", { ignoreBOM: true });
const exact = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

export function utf8Encode(text: string): Uint8Array<ArrayBuffer> {
  return encoder.encode(text) as Uint8Array<ArrayBuffer>;
}

/** Broken bytes become U+FFFD; a byte order mark is taken off unless it's to be kept. */
export function utf8Decode(bytes: Uint8Array, keepMark = false): string {
  return (keepMark ? withMark : lossy).decode(bytes);
}

/** The text that has exactly these bytes; `undefined` when they aren't UTF-8. */
export function utf8DecodeExactly(bytes: Uint8Array): string | undefined {
  try {
    return exact.decode(bytes);
  } catch {
    return undefined;
  }
}
