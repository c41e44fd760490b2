import { DOMExceptionInside } from "./dom-exception.ts";

const errorTypes = [EvalError, RangeError, ReferenceError, SyntaxError, TypeError, URIError];

/**
 * `structuredClone`: plain data, dates, expressions, maps, sets, errors, buffers and views, with cycles. Buffers in
 * `transfer` are moved. Throws `DataCloneError` for functions, symbols and what has no content to copy.
 */
export function structuredCloneInside(
  value: unknown,
  options: { readonly transfer?: readonly ArrayBuffer[] } = {},
): unknown {
  const seen = new Map<object, unknown>();
  for (const buffer of options.transfer ?? []) {
    if (!(buffer instanceof ArrayBuffer)) throw notCloned("what is transferred is an ArrayBuffer");
    if (seen.has(buffer)) throw notCloned("a buffer is transferred twice");
    seen.set(buffer, buffer);
  }
  const transferred = [...seen.keys()] as ArrayBuffer[];
  for (const buffer of transferred) seen.set(buffer, buffer.transfer());
  return copy(value, seen);
}

function copy(value: unknown, seen: Map<object, unknown>): unknown {
  if (typeof value === "function" || typeof value === "symbol")
    throw notCloned(`a ${typeof value} can't be cloned`);
  if (typeof value !== "object" || value === null) return value;
  if (seen.has(value)) return seen.get(value);
  const keep = <T>(made: T): T => {
    seen.set(value, made);
    return made;
  };
  const boxed = [Boolean, Number, String, BigInt].find((type) => value instanceof type);
  if (boxed !== undefined) return keep(Object(value.valueOf()));
  if (value instanceof Date) return keep(new Date(value.getTime()));
  if (value instanceof RegExp) return keep(new RegExp(value.source, value.flags));
  if (value instanceof ArrayBuffer) return keep(copyBuffer(value));
  if (ArrayBuffer.isView(value)) return keep(copyView(value, seen));
  if (value instanceof Map) {
    const made = keep(new Map());
    for (const [k, v] of [...value]) made.set(copy(k, seen), copy(v, seen));
    return made;
  }
  if (value instanceof Set) {
    const made = keep(new Set());
    for (const v of [...value]) made.add(copy(v, seen));
    return made;
  }
  if (value instanceof Error) return copyError(value, seen);
  if (
    value instanceof Promise ||
    value instanceof WeakMap ||
    value instanceof WeakSet ||
    value instanceof WeakRef
  )
    throw notCloned(`a ${value.constructor.name} can't be cloned`);
  const made: object = keep(Array.isArray(value) ? new Array(value.length) : {});
  for (const key of Object.keys(value)) {
    const item = copy((value as Record<string, unknown>)[key], seen);
    Object.defineProperty(made, key, { value: item, writable: true, enumerable: true, configurable: true });
  }
  return made;
}

function copyBuffer(buffer: ArrayBuffer): ArrayBuffer {
  if (buffer.detached) throw notCloned("an ArrayBuffer was transferred before");
  if (!buffer.resizable) return buffer.slice(0);
  const made = new ArrayBuffer(buffer.byteLength, { maxByteLength: buffer.maxByteLength });
  new Uint8Array(made).set(new Uint8Array(buffer));
  return made;
}

/** Views of one buffer stay views of one buffer. */
function copyView(view: ArrayBufferView, seen: Map<object, unknown>): unknown {
  const buffer = copy(view.buffer, seen) as ArrayBuffer;
  if (view instanceof DataView) return new DataView(buffer, view.byteOffset, view.byteLength);
  const Type = typedArrays.find((type) => view instanceof type) ?? Uint8Array;
  const length = view.byteLength / Type.BYTES_PER_ELEMENT;
  return new (Type as Uint8ArrayConstructor)(buffer, view.byteOffset, length);
}

const typedArrays = [
  Uint8Array,
  Int8Array,
  Uint8ClampedArray,
  Uint16Array,
  Int16Array,
  Uint32Array,
  Int32Array,
  Float32Array,
  Float64Array,
  BigInt64Array,
  BigUint64Array,
];

function copyError(error: Error, seen: Map<object, unknown>): Error {
  const Type = errorTypes.find((type) => error.name === type.name) ?? Error;
  const made = new Type(error.message);
  seen.set(error, made);
  const define = (key: "stack" | "cause", value: unknown) =>
    Object.defineProperty(made, key, { value, writable: true, configurable: true, enumerable: false });
  define("stack", String(error.stack));
  if (Object.hasOwn(error, "cause")) define("cause", copy(error.cause, seen));
  return made;
}

function notCloned(message: string): DOMExceptionInside {
  return new DOMExceptionInside(message, "DataCloneError");
}
