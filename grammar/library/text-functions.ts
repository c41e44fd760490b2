import { bool, int, listOf, string } from "../types.ts";
import type { LibraryFunction } from "./function.ts";

const part = [{ name: "part", type: string }] as const;

/** Functions of `String`. Upper and lower case follow Unicode, never a locale. */
export const textFunctions: readonly LibraryFunction[] = [
  {
    name: "String.length",
    receiver: string,
    parameters: [],
    result: int,
    doc: "How many UTF-16 code units the text has.",
    run: (call) => call.text(0).length,
  },
  {
    name: "String.upper",
    receiver: string,
    parameters: [],
    result: string,
    doc: "The text in upper case.",
    run: (call) => call.text(0).toUpperCase(),
  },
  {
    name: "String.lower",
    receiver: string,
    parameters: [],
    result: string,
    doc: "The text in lower case.",
    run: (call) => call.text(0).toLowerCase(),
  },
  {
    name: "String.trim",
    receiver: string,
    parameters: [],
    result: string,
    doc: "The text without white space at both ends.",
    run: (call) => call.text(0).trim(),
  },
  {
    name: "String.contains",
    receiver: string,
    parameters: part,
    result: bool,
    doc: "Whether the part occurs in the text.",
    run: (call) => call.text(0).includes(call.text(1)),
  },
  {
    name: "String.starts_with",
    receiver: string,
    parameters: part,
    result: bool,
    doc: "Whether the text begins with the part.",
    run: (call) => call.text(0).startsWith(call.text(1)),
  },
  {
    name: "String.ends_with",
    receiver: string,
    parameters: part,
    result: bool,
    doc: "Whether the text ends with the part.",
    run: (call) => call.text(0).endsWith(call.text(1)),
  },
  {
    name: "String.is_empty",
    receiver: string,
    parameters: [],
    result: bool,
    doc: "Whether the text has no characters.",
    run: (call) => call.text(0) === "",
  },
  {
    name: "String.split",
    receiver: string,
    parameters: [{ name: "at", type: string }],
    result: listOf(string),
    doc: "The parts between the separators; the separator is plain text, never a pattern.",
    run: (call) => {
      const parts = call.text(0).split(call.text(1));
      call.charge(parts.length);
      return parts;
    },
  },
  {
    name: "String.replace",
    receiver: string,
    parameters: [
      { name: "part", type: string },
      { name: "by", type: string },
    ],
    result: string,
    doc: "The text with every occurrence of the part replaced; the part is plain text, never a pattern.",
    run: (call) => {
      const pieces = call.text(1) === "" ? [call.text(0)] : call.text(0).split(call.text(1));
      call.charge(pieces.length + Math.ceil((pieces.length * call.text(2).length) / 64));
      if (call.text(0).length + pieces.length * call.text(2).length > 8 * 1024 * 1024) {
        return call.fail("text-too-long", "the text grows past 1 MiB");
      }
      return pieces.join(call.text(2));
    },
  },
  {
    name: "String.lines",
    receiver: string,
    parameters: [],
    result: listOf(string),
    doc: "The lines of the text without their ends; no empty line after the last end.",
    run: (call) => {
      const lines = call.text(0).split("\n");
      if (lines.at(-1) === "") lines.pop();
      call.charge(lines.length);
      return lines.map((line) => (line.endsWith("\r") ? line.slice(0, -1) : line));
    },
  },
];
