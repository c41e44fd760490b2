/** `structuredClone`. */
export const clones: Readonly<Record<string, () => unknown>> = {
  clone: () => {
    const a: Record<string, unknown> = {
      d: new Date(5),
      m: new Map([[1, new Set([2])]]),
      n: [1, null, 3],
      b: new Uint8Array([1, 2]),
      r: /a+/gi,
      u: undefined,
      i: 12n,
    };
    a["self"] = a;
    const c = structuredClone(a) as typeof a & {
      m: Map<number, Set<number>>;
      d: Date;
      n: number[];
      b: Uint8Array;
    };
    return [
      c !== a,
      c["self"] === c,
      c.d.getTime(),
      [...(c.m.get(1) ?? [])],
      c.n,
      [...c.b],
      String(c["r"]),
      Object.keys(c),
      String(c["i"]),
    ];
  },
  clone_refusals: () =>
    [() => 1, Symbol("s"), new WeakMap(), Promise.resolve(), { deep: [() => 1] }].map((value) => {
      try {
        structuredClone(value);
        return "cloned";
      } catch (error) {
        return [(error as Error).name, (error as DOMException).code];
      }
    }),
  clone_shares_buffers: () => {
    const buffer = new ArrayBuffer(8);
    const c = structuredClone({
      a: new Uint8Array(buffer, 2, 3),
      b: new DataView(buffer),
      s: new Float64Array(1),
    });
    c.a[0] = 7;
    return [
      c.b.getUint8(2),
      c.a.byteOffset,
      c.a.length,
      c.b.byteLength,
      c.s instanceof Float64Array,
      new Uint8Array(buffer)[2],
    ];
  },
  clone_errors: () => {
    const c = structuredClone(new RangeError("far", { cause: new Error("near") }));
    return [c.name, c.message, c instanceof RangeError, (c.cause as Error).message, Object.keys(c)];
  },
  clone_drops_prototypes: () => {
    class Point {
      x = 1;
      get y() {
        return 2;
      }
    }
    const c = structuredClone({ p: new Point(), n: Object.create({ inherited: 1 }) });
    return [c.p instanceof Point, c, Object.getPrototypeOf(c.p) === Object.prototype];
  },
  clone_own_proto: () => {
    const c = structuredClone(JSON.parse('{"__proto__": {"polluted": true}}'));
    return [Object.keys(c), (c as { polluted?: boolean }).polluted ?? "clean"];
  },
  clone_boxed: () =>
    [Object(1), Object("a"), Object(true)].map((v) => [typeof structuredClone(v), `${structuredClone(v)}`]),
  clone_sparse: () => {
    // biome-ignore lint/suspicious/noSparseArray: the hole is what is tested
    const c = structuredClone([1, , 3]);
    return [c.length, 1 in c];
  },
  transfer: () => {
    const buffer = new ArrayBuffer(4);
    const c = structuredClone({ buffer, view: new Uint8Array(buffer) }, { transfer: [buffer] });
    return [buffer.byteLength, c.buffer.byteLength, c.view.buffer === c.buffer];
  },
};
