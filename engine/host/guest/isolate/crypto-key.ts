export type KeyUsage = "sign" | "verify";

interface HmacAlgorithm {
  readonly name: "HMAC";
  readonly hash: { readonly name: string };
  /** In bits. */
  readonly length: number;
}

const ours = Symbol("made by the platform");

export let makeKey: (
  secret: Uint8Array<ArrayBuffer>,
  algorithm: HmacAlgorithm,
  extractable: boolean,
  usages: readonly KeyUsage[],
) => CryptoKeyInside;

/** The bytes of a key, for `crypto.subtle`. */
export let secretOf: (key: CryptoKeyInside) => Uint8Array<ArrayBuffer>;

/** `CryptoKey`: made by `crypto.subtle` only; its bytes are for `crypto.subtle` only. */
export class CryptoKeyInside {
  readonly type = "secret";
  readonly algorithm: HmacAlgorithm;
  readonly extractable: boolean;
  readonly usages: readonly KeyUsage[];
  readonly #secret: Uint8Array<ArrayBuffer>;

  constructor(
    key: symbol,
    secret: Uint8Array<ArrayBuffer>,
    algorithm: HmacAlgorithm,
    extractable: boolean,
    usages: readonly KeyUsage[],
  ) {
    if (key !== ours) throw new TypeError("Illegal constructor");
    this.#secret = secret;
    this.algorithm = algorithm;
    this.extractable = extractable === true;
    this.usages = usages;
  }

  static {
    makeKey = (secret, algorithm, extractable, usages) => {
      const inOrder = (["sign", "verify"] as const).filter((usage) => usages.includes(usage));
      return new CryptoKeyInside(ours, secret, algorithm, extractable, inOrder);
    };
    secretOf = (key) => key.#secret;
  }
}
