import { BlobInside, FileInside } from "./blob.ts";

/** A value of a form: text or a file. */
export type FormValueInside = string | FileInside;

/** `FormData`: names and values in order. */
export class FormDataInside {
  #entries: [string, FormValueInside][] = [];

  constructor(form?: unknown) {
    if (form !== undefined) throw new TypeError("there are no forms here; append to an empty FormData");
  }

  append(name: string, value: unknown, filename?: string): void {
    this.#entries.push([String(name).toWellFormed(), asValue(value, filename)]);
  }

  set(name: string, value: unknown, filename?: string): void {
    const made = asValue(value, filename);
    const first = this.#entries.findIndex(([key]) => key === name);
    this.#entries = this.#entries.filter(([key], i) => key !== name || i === first);
    if (first < 0) this.#entries.push([String(name).toWellFormed(), made]);
    else this.#entries[first] = [String(name), made];
  }

  delete(name: string): void {
    this.#entries = this.#entries.filter(([key]) => key !== name);
  }

  get(name: string): FormValueInside | null {
    return this.#entries.find(([key]) => key === name)?.[1] ?? null;
  }

  getAll(name: string): FormValueInside[] {
    return this.#entries.filter(([key]) => key === name).map(([, value]) => value);
  }

  has(name: string): boolean {
    return this.#entries.some(([key]) => key === name);
  }

  forEach(f: (value: FormValueInside, name: string, form: FormDataInside) => void, that?: unknown): void {
    for (const [name, value] of this) f.call(that, value, name, this);
  }

  *keys(): Generator<string> {
    for (const [name] of this) yield name;
  }

  *values(): Generator<FormValueInside> {
    for (const [, value] of this) yield value;
  }

  *entries(): Generator<[string, FormValueInside]> {
    for (let i = 0; i < this.#entries.length; i++) yield [...(this.#entries[i] as [string, FormValueInside])];
  }

  [Symbol.iterator](): Generator<[string, FormValueInside]> {
    return this.entries();
  }
}

function asValue(value: unknown, filename: string | undefined): FormValueInside {
  if (!(value instanceof BlobInside)) return String(value).toWellFormed();
  if (value instanceof FileInside && filename === undefined) return value;
  return new FileInside([value], filename ?? "blob", { type: value.type });
}
