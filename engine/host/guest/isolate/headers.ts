/** What `new Headers` takes. */
export type HeadersInitInside = HeadersInside | Iterable<readonly [string, string]> | Record<string, string>;

/** `Headers`: names in lower case, values without space around them. */
export class HeadersInside {
  readonly #map = new Map<string, string[]>();

  constructor(init?: HeadersInitInside | null) {
    if (init === undefined || init === null) return;
    if (typeof init !== "object") throw new TypeError("Headers are made of an object or of pairs");
    const pairs: Iterable<readonly [string, string]> =
      Symbol.iterator in init ? (init as Iterable<readonly [string, string]>) : Object.entries(init);
    for (const pair of pairs) {
      const [name, value, ...more] = [...pair];
      if (value === undefined || more.length > 0) throw new TypeError("a header is a pair: name and value");
      this.append(name as string, value);
    }
  }

  get(name: string): string | null {
    return this.#map.get(checkName(name))?.join(", ") ?? null;
  }

  getSetCookie(): string[] {
    return [...(this.#map.get("set-cookie") ?? [])];
  }

  has(name: string): boolean {
    return this.#map.has(checkName(name));
  }

  set(name: string, value: string): void {
    this.#map.set(checkName(name), [checkValue(value)]);
  }

  append(name: string, value: string): void {
    const key = checkName(name);
    this.#map.set(key, [...(this.#map.get(key) ?? []), checkValue(value)]);
  }

  delete(name: string): void {
    this.#map.delete(checkName(name));
  }

  forEach(f: (value: string, name: string, headers: HeadersInside) => void, that?: unknown): void {
    for (const [name, value] of this) f.call(that, value, name, this);
  }

  *entries(): Generator<[string, string]> {
    for (const name of [...this.#map.keys()].sort()) {
      const values = this.#map.get(name) ?? [];
      if (name === "set-cookie") for (const value of values) yield [name, value];
      else yield [name, values.join(", ")];
    }
  }

  *keys(): Generator<string> {
    for (const [name] of this.entries()) yield name;
  }

  *values(): Generator<string> {
    for (const [, value] of this.entries()) yield value;
  }

  [Symbol.iterator](): Generator<[string, string]> {
    return this.entries();
  }
}

function checkName(name: unknown): string {
  const text = String(name);
  if (!/^[A-Za-z0-9!#$%&'*+.^_`|~-]+$/.test(text))
    throw new TypeError(`${JSON.stringify(text.slice(0, 100))} is not a header's name`);
  return text.toLowerCase();
}

function checkValue(value: unknown): string {
  const text = String(value).replace(/^[\t\n\r ]+|[\t\n\r ]+$/g, "");
  if (/[\0\r\n]|[^\0-\xff]/.test(text))
    throw new TypeError("a header's value has characters that it may not have");
  return text;
}
