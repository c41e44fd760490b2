import { showValue } from "../../grammar/evaluate/show-value.ts";
import type { Shown, Value } from "../../grammar/plan.ts";
import type { Output } from "./output.ts";
import { printable } from "./printable.ts";
import type { AttributeAnswer } from "./wire.ts";

/**
 * An attribute's difference: the first line stands beside its name, further ones below it. Lists and maps that have a
 * value on both sides are compared item by item.
 */
export function showAttribute(attribute: AttributeAnswer, output: Output): readonly [string, ...string[]] {
  const { from, to } = attribute;
  const type = attribute.type ?? "";
  if (isAbsent(from)) return [show(to, type)];
  if (isAbsent(to)) return [output.paint("red", `${show(from, type)} → none`)];
  const items = listItems(from, to, type, output) ?? mapItems(from, to, type, output);
  return items === null ? [`${show(from, type)} → ${show(to, type)}`] : ["", ...items];
}

function isAbsent(value: unknown): boolean {
  return value === undefined || value === null;
}

function listItems(from: unknown, to: unknown, type: string, output: Output): string[] | null {
  if (!Array.isArray(from) || !Array.isArray(to)) return null;
  const inner = innerType(type);
  const [old, now] = [from, to].map((list) => list.map((item: unknown) => show(item, inner))) as [
    string[],
    string[],
  ];
  const gone = old.filter((item) => !now.includes(item)).map((item) => output.paint("red", `- ${item}`));
  const come = now.filter((item) => !old.includes(item)).map((item) => output.paint("green", `+ ${item}`));
  if (gone.length + come.length === 0) return [`${old.join(", ")} → ${now.join(", ")}  (another order)`];
  return [...gone, ...come];
}

function mapItems(from: unknown, to: unknown, type: string, output: Output): string[] | null {
  if (!isRecord(from) || !isRecord(to) || isSecret(from) || isSecret(to)) return null;
  const inner = innerType(type) || "Any";
  return [...new Set([...Object.keys(from), ...Object.keys(to)])].sort().flatMap((name) => {
    const [old, now] = [show(from[name], inner), show(to[name], inner)];
    const label = printable(name);
    if (!Object.hasOwn(from, name)) return [output.paint("green", `+ ${label}  ${now}`)];
    if (!Object.hasOwn(to, name)) return [output.paint("red", `- ${label}  ${old}`)];
    return old === now ? [] : [`${output.paint("yellow", "~")} ${label}  ${old} → ${now}`];
  });
}

const shownAs: Readonly<Record<string, Shown>> = { Size: "size", Duration: "duration", Percent: "percent" };

/** A value as a program would write it: `256MiB`, `"web:1"`; what describes itself is plain. */
function show(value: unknown, type: string): string {
  if (isAbsent(value)) return "none";
  if (isSecret(value)) return value.$secret === "" ? "(a secret)" : `secret ${printable(value.$secret)}`;
  const as = shownAs[type];
  if (as !== undefined && typeof value === "number") return showValue(value as Value, as);
  if (typeof value === "string" && type === "") return printable(value);
  if (Array.isArray(value)) {
    const items = value.map((item: unknown) => show(item, innerType(type))).join(", ");
    return type === "" && items !== "" ? items : `[${items}]`;
  }
  if (isRecord(value)) {
    const inner = innerType(type) || "Any";
    const fields = Object.entries(value).map(([name, of]) => `${printable(name)}: ${show(of, inner)}`);
    return fields.length === 0 ? "{}" : `{ ${fields.join(", ")} }`;
  }
  return printable(JSON.stringify(value));
}

/** `List<Size>` → `Size`; of what has no type, the items are data. */
function innerType(type: string): string {
  return /<(.*)>$/.exec(type)?.[1] ?? type;
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function isSecret(value: unknown): value is { readonly $secret: string } {
  return isRecord(value) && typeof value["$secret"] === "string";
}
