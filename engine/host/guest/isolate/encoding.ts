/** `TextEncoder`: UTF-8. A lone surrogate becomes U+FFFD. */
export class TextEncoderInside {
  readonly encoding = "utf-8";

  encode(input: unknown = ""): Uint8Array {
    const text = String(input);
    const bytes = new Uint8Array(text.length * 3);
    let n = 0;
    for (const character of text) {
      let code = character.codePointAt(0) ?? 0;
      if (code >= 0xd800 && code <= 0xdfff) code = 0xfffd;
      if (code < 0x80) bytes[n++] = code;
      else if (code < 0x800) {
        bytes[n++] = 0xc0 | (code >> 6);
        bytes[n++] = 0x80 | (code & 63);
      } else if (code < 0x10000) {
        bytes[n++] = 0xe0 | (code >> 12);
        bytes[n++] = 0x80 | ((code >> 6) & 63);
        bytes[n++] = 0x80 | (code & 63);
      } else {
        bytes[n++] = 0xf0 | (code >> 18);
        bytes[n++] = 0x80 | ((code >> 12) & 63);
        bytes[n++] = 0x80 | ((code >> 6) & 63);
        bytes[n++] = 0x80 | (code & 63);
      }
    }
    return bytes.slice(0, n);
  }
}

/** `TextDecoder`: UTF-8 only, a whole text at a time. */
export class TextDecoderInside {
  readonly encoding = "utf-8";
  readonly fatal: boolean;
  readonly ignoreBOM: boolean;

  constructor(label: unknown = "utf-8", options: { fatal?: boolean; ignoreBOM?: boolean } = {}) {
    if (!/^\s*(utf-?8|unicode-1-1-utf-8)\s*$/i.test(String(label)))
      throw new RangeError(`TextDecoder knows UTF-8, not ${label}`);
    this.fatal = options.fatal ?? false;
    this.ignoreBOM = options.ignoreBOM ?? false;
  }

  decode(input: ArrayBuffer | ArrayBufferView = new ArrayBuffer(0)): string {
    const bytes = ArrayBuffer.isView(input)
      ? new Uint8Array(input.buffer, input.byteOffset, input.byteLength)
      : new Uint8Array(input);
    const parts: string[] = [];
    let i = 0;
    while (i < bytes.length) {
      const [code, used] = codePoint(bytes, i);
      if (code < 0 && this.fatal) throw new TypeError("the bytes are not UTF-8");
      if (!(i === 0 && code === 0xfeff && !this.ignoreBOM))
        parts.push(String.fromCodePoint(code < 0 ? 0xfffd : code));
      i += used;
    }
    return parts.join("");
  }
}

/** The code point at `i` and its bytes; -1 for a broken one, with the bytes that one U+FFFD stands for. */
function codePoint(bytes: Uint8Array, i: number): [code: number, used: number] {
  const first = bytes[i] ?? 0;
  if (first < 0x80) return [first, 1];
  const more =
    first >= 0xc2 && first <= 0xdf
      ? 1
      : first >= 0xe0 && first <= 0xef
        ? 2
        : first >= 0xf0 && first <= 0xf4
          ? 3
          : 0;
  if (more === 0) return [-1, 1];
  let code = first & (0x3f >> more);
  for (let k = 1; k <= more; k++) {
    const next = bytes[i + k] ?? 0;
    const low = k === 1 && first === 0xe0 ? 0xa0 : k === 1 && first === 0xf0 ? 0x90 : 0x80;
    const high = k === 1 && first === 0xed ? 0x9f : k === 1 && first === 0xf4 ? 0x8f : 0xbf;
    if (next < low || next > high) return [-1, k];
    code = (code << 6) | (next & 63);
  }
  return [code, more + 1];
}
