import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { engines } from "./engines.ts";
import { openRange, type Range } from "./range.ts";
import { vm2Catalogue } from "./vm2-catalogue.ts";

describe.each(engines)("the catalogue of attacks on vm2, on %s", (engine) => {
  let range: Range;
  beforeAll(async () => {
    range = await openRange(vm2Catalogue, { engine });
  });
  afterAll(() => range.close());

  it.each(vm2Catalogue)("$name", (attack) => range.fire(attack));

  it("is covered in each of its 28 categories; 24, symbolic links, in files.test.ts", () => {
    const numbers = vm2Catalogue.map(({ name }) => Number(name.split(" ")[0]));
    const missing = Array.from({ length: 28 }, (_, i) => i + 1).filter((n) => !numbers.includes(n));
    expect(missing).toEqual([24]);
  });
});
