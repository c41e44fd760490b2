/** Puts things on the global object as the web has them: classes under their right name and tag, not enumerable. */
export function defineGlobals(globals: Readonly<Record<string, unknown>>): void {
  for (const [name, value] of Object.entries(globals)) {
    if (typeof value === "function") {
      Object.defineProperty(value, "name", { value: name, configurable: true });
      const prototype: unknown = value.prototype;
      if (/^[A-Z]/.test(name) && typeof prototype === "object" && prototype !== null)
        if (!Object.hasOwn(prototype, Symbol.toStringTag))
          Object.defineProperty(prototype, Symbol.toStringTag, { value: name, configurable: true });
    }
    Object.defineProperty(globalThis, name, { value, writable: true, configurable: true, enumerable: false });
  }
}
