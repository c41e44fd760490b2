import { InvalidArgumentError } from "commander";

/** Reads how many to list at most, 1 to 1000. Returned as text: it goes into a query. */
export function parseCount(text: string): string {
  const count = Number(text);
  if (!/^\d+$/.test(text) || count < 1 || count > 1000)
    throw new InvalidArgumentError("write a number, 1 to 1000");
  return String(count);
}
