import { InvalidArgumentError } from "commander";

/** Reads the number of a program's version. Returned as text: it goes into a path. */
export function parseVersion(text: string): string {
  if (!/^[1-9]\d{0,8}$/.test(text)) throw new InvalidArgumentError("write a version's number, from 1");
  return text;
}
