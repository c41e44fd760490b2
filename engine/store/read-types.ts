import pg from "pg";

const { TIMESTAMPTZ } = pg.types.builtins;

/** How values of Postgres become JavaScript's: as `pg` has it, but times in a tenth of its time; lists are full of them. */
export const readTypes: pg.CustomTypesConfig = {
  getTypeParser: ((oid: number, format: "text" | "binary" = "text") =>
    oid === TIMESTAMPTZ && format === "text"
      ? readTime
      : pg.types.getTypeParser(oid, format as "text")) as pg.CustomTypesConfig["getTypeParser"], // which has a signature for each format
};

const anyTime = pg.types.getTypeParser(TIMESTAMPTZ, "text") as (text: string) => Date;
const zero = "0".charCodeAt(0);

/** `2026-11-29 18:00:00.123456+00`; what isn't written so (other zones, years before 1000 or of five digits, infinity) `pg` reads. */
export function readTime(text: string): Date {
  const length = text.length;
  const plain = length >= 22 && length <= 29 && text[10] === " " && text[0] !== "0" && text.endsWith("+00");
  if (!plain) return anyTime(text);
  const digits = (from: number, to: number) => {
    let value = 0;
    for (let at = from; at < to; at += 1) value = value * 10 + text.charCodeAt(at) - zero;
    return value;
  };
  const fraction = Math.min(length - 3, 23); // milliseconds are what a Date keeps
  const milliseconds = fraction > 20 ? digits(20, fraction) * 10 ** (23 - fraction) : 0;
  const day = Date.UTC(digits(0, 4), digits(5, 7) - 1, digits(8, 10));
  return new Date(day + ((digits(11, 13) * 60 + digits(14, 16)) * 60 + digits(17, 19)) * 1000 + milliseconds);
}
