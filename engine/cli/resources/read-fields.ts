import { readFileSync } from "node:fs";
import { parse } from "yaml";
import { CliError } from "../cli-error.ts";
import { exitCodes } from "../exit-codes.ts";
import type { Field, Values } from "./resource.ts";

/** The name under which commander keeps an option: `--min-size <count>` is `minSize`. */
export function optionKey(field: Field): string {
  const [, name = ""] = /^--([a-z-]+)/.exec(field.flags) ?? [];
  return name.replaceAll(/-([a-z])/g, (_, letter: string) => letter.toUpperCase());
}

/** The fields that were given, as the API wants them. */
export function readFields(fields: readonly Field[], options: Values): Values {
  return Object.fromEntries(
    fields.flatMap((field) => {
      const given = options[optionKey(field)];
      return given === undefined ? [] : [[field.field, readField(field, given)]];
    }),
  );
}

function readField(field: Field, given: unknown): unknown {
  const text = String(given);
  switch (field.kind) {
    case "text":
      return text;
    case "count":
      if (!/^\d{1,15}$/.test(text)) throw wrong(field, text, "a whole number, 0 or more");
      return Number(text);
    case "number":
      if (!/^-?\d{1,15}$/.test(text)) throw wrong(field, text, "a whole number");
      return Number(text);
    case "flag":
      if (given === true || text === "yes" || text === "true") return true;
      if (text === "no" || text === "false") return false;
      throw wrong(field, text, "yes or no");
    case "pairs":
      return Object.fromEntries((given as readonly string[]).map((pair) => readPair(field, pair))); // its option is repeated
    case "json":
      return readJson(field, text);
    case "spec":
      return readSpec(field, text);
  }
}

/** `count=2`: what is JSON is taken as JSON, everything else as text. */
function readPair(field: Field, pair: string): [string, unknown] {
  const at = pair.indexOf("=");
  if (at <= 0) throw wrong(field, pair, "of the form name=value");
  const value = pair.slice(at + 1);
  try {
    return [pair.slice(0, at), JSON.parse(value)];
  } catch {
    return [pair.slice(0, at), value];
  }
}

function readJson(field: Field, text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw wrong(field, text, "JSON");
  }
}

function readSpec(field: Field, file: string): unknown {
  try {
    return parse(readFileSync(file === "-" ? 0 : file, "utf8"));
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause);
    throw new CliError(exitCodes.usage, `${field.flags.split(" ")[0]} ${file} can't be read: ${why}`, {
      cause,
    });
  }
}

function wrong(field: Field, text: string, wanted: string): CliError {
  return new CliError(exitCodes.usage, `${field.flags.split(" ")[0]} is "${text}", not ${wanted}`);
}
