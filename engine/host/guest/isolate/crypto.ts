import { DOMExceptionInside } from "./dom-exception.ts";
import { SubtleCryptoInside } from "./subtle.ts";
import { wires } from "./wires.ts";

/** `Crypto`: randomness from the guest process's system, digests and HMAC. */
export class CryptoInside {
  readonly subtle = new SubtleCryptoInside();

  getRandomValues<T extends ArrayBufferView>(view: T): T {
    if (!ArrayBuffer.isView(view) || !/^(Big)?(Ui|I)nt/.test(view[Symbol.toStringTag as keyof T] as string))
      throw new DOMExceptionInside("getRandomValues needs an integer array", "TypeMismatchError");
    if (view.byteLength > 65_536)
      throw new DOMExceptionInside("getRandomValues fills at most 65,536 bytes", "QuotaExceededError");
    new Uint8Array(view.buffer, view.byteOffset, view.byteLength).set(
      new Uint8Array(wires.randomBytes(view.byteLength)),
    );
    return view;
  }

  randomUUID(): string {
    const b = new Uint8Array(wires.randomBytes(16));
    b[6] = ((b[6] ?? 0) & 0x0f) | 0x40;
    b[8] = ((b[8] ?? 0) & 0x3f) | 0x80;
    const hex = Array.from(b, (x) => x.toString(16).padStart(2, "0")).join("");
    return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join("-");
  }
}
