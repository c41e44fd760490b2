import { DOMExceptionInside } from "./dom-exception.ts";

const alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
const codes = Uint8Array.from(alphabet, (c) => c.charCodeAt(0));
const values = new Uint8Array(128).fill(255);
for (let i = 0; i < 64; i++) values[codes[i] as number] = i;
const equals = 61;
/** Characters that `String.fromCharCode` takes at a time. */
const run = 8192;

/** Bytes as Base64, padded: 1 MB takes some 10 ms. */
export function toBase64(bytes: Uint8Array): string {
  const out = new Uint8Array(Math.ceil(bytes.length / 3) * 4);
  let o = 0;
  for (let i = 0; i < bytes.length; i += 3) {
    const left = bytes.length - i;
    const bits =
      ((bytes[i] as number) << 16) | ((left > 1 ? (bytes[i + 1] as number) : 0) << 8) | (bytes[i + 2] ?? 0);
    out[o++] = codes[bits >> 18] as number;
    out[o++] = codes[(bits >> 12) & 63] as number;
    out[o++] = left > 1 ? (codes[(bits >> 6) & 63] as number) : equals;
    out[o++] = left > 2 ? (codes[bits & 63] as number) : equals;
  }
  return binaryString(out);
}

/** Base64, padded or not, spaces ignored, as bytes; `undefined` for anything else. */
export function fromBase64(text: string): Uint8Array<ArrayBuffer> | undefined {
  let body = /[\t\n\f\r ]/.test(text) ? text.replace(/[\t\n\f\r ]/g, "") : text;
  if (body.length % 4 === 0) body = body.replace(/={1,2}$/, "");
  const n = body.length;
  if (n % 4 === 1) return undefined;
  const out = new Uint8Array(Math.floor((n * 3) / 4));
  let wrong = 0;
  let o = 0;
  for (let i = 0; i < n; i += 4) {
    let bits = 0;
    for (let k = 0; k < 4; k++) {
      const code = i + k < n ? body.charCodeAt(i + k) : 65;
      const value = code < 128 ? (values[code] as number) : 255;
      wrong |= value & 128;
      bits = (bits << 6) | (value & 63);
    }
    out[o++] = bits >> 16; // bytes past the end are dropped by the array
    out[o++] = bits >> 8;
    out[o++] = bits;
  }
  return wrong === 0 ? out : undefined;
}

/** `btoa`: characters up to U+00FF to Base64. */
export function btoaInside(input: unknown): string {
  const text = String(input);
  const bytes = new Uint8Array(text.length);
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i);
    if (code > 255)
      throw new DOMExceptionInside("btoa takes characters up to U+00FF", "InvalidCharacterError");
    bytes[i] = code;
  }
  return toBase64(bytes);
}

/** `atob`: Base64, spaces ignored, to characters up to U+00FF. */
export function atobInside(input: unknown): string {
  const bytes = fromBase64(String(input));
  if (bytes === undefined)
    throw new DOMExceptionInside("atob was given something that isn't Base64", "InvalidCharacterError");
  return binaryString(bytes);
}

function binaryString(bytes: Uint8Array): string {
  let out = "";
  for (let i = 0; i < bytes.length; i += run)
    out += Reflect.apply(String.fromCharCode, undefined, bytes.subarray(i, i + run));
  return out;
}
