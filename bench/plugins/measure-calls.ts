/** Microseconds of each call, one after the other for so many milliseconds, after a warm-up of a quarter of that. */
export async function oneByOne(forMs: number, call: () => Promise<unknown>): Promise<readonly number[]> {
  const warm = performance.now() + forMs / 4;
  while (performance.now() < warm) await call();
  const micros: number[] = [];
  for (const end = performance.now() + forMs; performance.now() < end; ) {
    const begun = performance.now();
    await call();
    micros.push((performance.now() - begun) * 1_000);
  }
  return micros;
}

/** Calls a second with `width` under way at any time, for so many milliseconds after a warm-up. */
export async function inFlight(forMs: number, width: number, call: () => Promise<unknown>): Promise<number> {
  const warm = performance.now() + forMs / 4;
  const end = warm + forMs;
  let done = 0;
  await Promise.all(
    Array.from({ length: width }, async () => {
      while (performance.now() < end) {
        await call();
        const now = performance.now();
        if (now > warm && now < end) done += 1;
      }
    }),
  );
  return (done * 1_000) / forMs;
}
