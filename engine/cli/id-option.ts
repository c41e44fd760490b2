import { InvalidArgumentError } from "commander";
import { isId } from "../store/new-id.ts";

/** Reads the id of an action. */
export function parseId(text: string): string {
  if (!isId(text)) throw new InvalidArgumentError("write an id, as coppice ls actions shows them");
  return text;
}
