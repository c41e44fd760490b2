import fc from "fast-check";
import pg from "pg";
import { describe, expect, it } from "vitest";
import { toOffset, toSeconds } from "../../../engine/api/bodies/times.ts";
import { readTime } from "../../../engine/store/read-types.ts";

const anyTime = pg.types.getTypeParser(pg.types.builtins.TIMESTAMPTZ, "text") as (text: string) => Date;
const time = fc.date({
  min: new Date("0001-01-01T00:00:00Z"),
  max: new Date("9999-12-31T23:59:59.999Z"),
  noInvalidDate: true,
});

describe("times of Postgres", () => {
  it("are read as pg reads them", () => {
    const fraction = fc.stringMatching(/^(\.[0-9]{1,6})?$/);
    const zone = fc.constantFrom("+00", "+02", "-03:30", "+05:45");
    fc.assert(
      fc.property(time, fraction, zone, (date, part, offset) => {
        const text = `${date.toISOString().slice(0, 19).replace("T", " ")}${part}${offset}`;
        expect(readTime(text), text).toEqual(anyTime(text));
      }),
    );
  });

  it.each([
    "infinity",
    "-infinity",
    "12026-11-29 18:00:00+00",
    "0044-03-15 12:00:00+00 BC",
    "0033-04-03 15:00:00+00",
  ])("are read as pg reads them: %s", (text) => {
    expect(readTime(text)).toEqual(anyTime(text));
  });

  it("are written to the second", () => {
    fc.assert(
      fc.property(time, (date) => {
        const text = date.toISOString().slice(0, 19);
        expect([toSeconds(date), toOffset(date)]).toEqual([`${text}Z`, `${text}+00:00`]);
      }),
    );
  });
});
