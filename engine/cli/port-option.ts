import { InvalidArgumentError } from "commander";

/** Reads a port number, 1 to 65535. */
export function parsePort(text: string): number {
  const port = Number(text);
  if (!/^\d+$/.test(text) || port < 1 || port > 65_535)
    throw new InvalidArgumentError("write a port number, 1 to 65535");
  return port;
}
