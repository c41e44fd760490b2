/** `crypto`. */
export const hashes: Readonly<Record<string, () => unknown>> = {
  random: () => {
    const filled = crypto.getRandomValues(new Uint8Array(32));
    const id = crypto.randomUUID();
    return [
      filled.some((b) => b !== 0),
      /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/.test(id),
      id !== crypto.randomUUID(),
    ];
  },
  random_refusals: () =>
    [new Float32Array(1), new Uint8Array(65_537)].map((view) => {
      try {
        crypto.getRandomValues(view as Uint8Array);
        return "filled";
      } catch (error) {
        return (error as Error).name;
      }
    }),
  digests: async () => {
    const hex = (buffer: ArrayBuffer) =>
      Array.from(new Uint8Array(buffer), (b) => b.toString(16).padStart(2, "0")).join("");
    const data = new TextEncoder().encode("The quick brown fox jumps over the lazy dog");
    const all: string[] = [];
    for (const name of ["SHA-1", "SHA-256", "SHA-384", "SHA-512", "sha-256"])
      for (const length of [0, 1, data.length])
        all.push(hex(await crypto.subtle.digest(name, data.subarray(0, length))));
    all.push(hex(await crypto.subtle.digest({ name: "SHA-256" }, data.buffer)));
    all.push(hex(await crypto.subtle.digest("SHA-512", new Uint8Array(10_000).fill(7))));
    return all;
  },
  hmac: async () => {
    const hex = (buffer: ArrayBuffer) =>
      Array.from(new Uint8Array(buffer), (b) => b.toString(16).padStart(2, "0")).join("");
    const data = new TextEncoder().encode("what do ya want for nothing?");
    const all: unknown[] = [];
    for (const hash of ["SHA-1", "SHA-256", "SHA-384", "SHA-512"]) {
      const raw = new TextEncoder().encode("Jefe".repeat(40));
      const key = await crypto.subtle.importKey("raw", raw, { name: "HMAC", hash }, true, ["verify", "sign"]);
      const mac = await crypto.subtle.sign("HMAC", key, data);
      const wrong = new Uint8Array(mac.slice(0));
      wrong[3] = (wrong[3] ?? 0) ^ 1;
      all.push(
        hex(mac),
        await crypto.subtle.verify("HMAC", key, mac, data),
        await crypto.subtle.verify("HMAC", key, wrong, data),
        await crypto.subtle.verify("HMAC", key, mac.slice(1), data),
        await crypto.subtle.exportKey("jwk", key),
        key.algorithm,
        key.usages,
        key.type,
        Object.prototype.toString.call(key),
      );
    }
    return all;
  },
  hmac_jwk: async () => {
    const jwk = { kty: "oct", k: "AyM1SysPpbyDfgZld3umj1qzKObwVMkoqQ-EstJQLr8", alg: "HS256" };
    const key = await crypto.subtle.importKey("jwk", jwk, { name: "HMAC", hash: "SHA-256" }, false, ["sign"]);
    const made = await crypto.subtle.generateKey({ name: "HMAC", hash: "SHA-256" }, true, ["sign"]);
    return [
      new Uint8Array(await crypto.subtle.sign("HMAC", key, new Uint8Array(3)))[0],
      key.extractable,
      ((await crypto.subtle.exportKey("raw", made)) as ArrayBuffer).byteLength,
    ];
  },
  refusals: async () => {
    const algorithm = { name: "HMAC", hash: "SHA-256" };
    const raw = new Uint8Array(16).fill(1);
    const key = await crypto.subtle.importKey("raw", raw, algorithm, false, ["sign"]);
    const tries = [
      () => crypto.subtle.exportKey("raw", key),
      () => crypto.subtle.verify("HMAC", key, raw, raw),
      () => crypto.subtle.digest("MD5", raw),
      () => crypto.subtle.importKey("raw", raw, algorithm, false, []),
      () => crypto.subtle.importKey("jwk", { kty: "oct", k: "AA", alg: "HS512" }, algorithm, false, ["sign"]),
    ];
    const names: string[] = [];
    for (const f of tries)
      names.push(
        await f().then(
          () => "done",
          (error: Error) => error.name,
        ),
      );
    return names;
  },
};
