import { keywords } from "../../grammar/parse/tokens.ts";
import type { SpecValue } from "./spec-value.ts";

/** A text literal: braces would be expressions, so they are escaped. */
export function textLiteral(text: string): string {
  const escaped = text
    .replaceAll("\\", "\\\\")
    .replaceAll('"', '\\"')
    .replaceAll("{", "\\{")
    .replaceAll("}", "\\}")
    .replaceAll("\n", "\\n")
    .replaceAll("\r", "\\r")
    .replaceAll("\t", "\\t");
  return `"${escaped}"`;
}

/** A value of any shape, as the language writes it; `null` is `none`. */
export function valueLiteral(value: SpecValue): string {
  switch (value.kind) {
    case "scalar":
      if (typeof value.value === "string") return textLiteral(value.value);
      return value.value === null ? "none" : String(value.value);
    case "list":
      return `[${value.items.map(valueLiteral).join(", ")}]`;
    case "map": {
      const fields = value.fields.map((field) =>
        [...field.comments.map(commentLine), `${fieldName(field.name)}: ${valueLiteral(field.value)}`].join(
          "\n",
        ),
      );
      return fields.length === 0 ? "{}" : `{\n${fields.join("\n")}\n}`;
    }
  }
}

/** `name`, or `"content-type"` where it is no identifier. */
export function fieldName(name: string): string {
  return /^[A-Za-z_][A-Za-z0-9_]*$/.test(name) ? name : textLiteral(name);
}

/** A YAML comment's line as one of the language's. */
export function commentLine(line: string): string {
  return `// ${line}`;
}

/** Seconds as people write them: `90s`, `5m`, `2h`. */
export function secondsLiteral(seconds: number): string {
  if (seconds !== 0 && seconds % 3600 === 0) return `${seconds / 3600}h`;
  return seconds !== 0 && seconds % 60 === 0 ? `${seconds / 60}m` : `${seconds}s`;
}

/** A free identifier from a file's name and an ending: `web-server.yaml` is `web_server`. */
export function identifier(path: string, ending: string, taken: ReadonlySet<string>): string {
  const plain = `${path.replace(/^.*[/\\]/, "").replace(/\.(ya?ml|json)$/i, "")}${ending}`
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, "_")
    .replace(/^_+|_+$/g, "");
  const unfit = plain === "" || /^[0-9]/.test(plain) || keywords.has(plain);
  const base = unfit ? `spec_${plain}`.replace(/_$/, "") : plain;
  if (!taken.has(base)) return base;
  for (let count = 2; ; count += 1) if (!taken.has(`${base}_${count}`)) return `${base}_${count}`;
}
