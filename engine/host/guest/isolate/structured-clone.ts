/** `structuredClone` for plain data, dates, maps, sets, errors, buffers and cycles. */
export function structuredCloneInside(value: unknown): unknown {
  return copy(value, new Map());
}

function copy(value: unknown, seen: Map<object, unknown>): unknown {
  if (typeof value === "function" || typeof value === "symbol")
    throw new TypeError(`a ${typeof value} can't be cloned`);
  if (typeof value !== "object" || value === null) return value;
  if (seen.has(value)) return seen.get(value);
  const keep = <T>(made: T): T => {
    seen.set(value, made);
    return made;
  };
  if (value instanceof Date) return keep(new Date(value.getTime()));
  if (value instanceof RegExp) return keep(new RegExp(value.source, value.flags));
  if (value instanceof ArrayBuffer) return keep(value.slice(0));
  if (ArrayBuffer.isView(value)) {
    const bytes = value.buffer.slice(value.byteOffset, value.byteOffset + value.byteLength);
    return keep(new (value.constructor as Uint8ArrayConstructor)(bytes as ArrayBuffer));
  }
  if (value instanceof Map) {
    const made = keep(new Map());
    for (const [k, v] of value) made.set(copy(k, seen), copy(v, seen));
    return made;
  }
  if (value instanceof Set) {
    const made = keep(new Set());
    for (const v of value) made.add(copy(v, seen));
    return made;
  }
  if (value instanceof Error)
    return keep(Object.assign(new Error(value.message), { name: value.name, stack: value.stack }));
  const made: object = keep(Array.isArray(value) ? new Array(value.length) : {});
  for (const key of Object.keys(value)) {
    const item = copy((value as Record<string, unknown>)[key], seen);
    Object.defineProperty(made, key, { value: item, writable: true, enumerable: true, configurable: true });
  }
  return made;
}
