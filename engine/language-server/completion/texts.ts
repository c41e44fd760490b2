import { readdirSync } from "node:fs";
import path from "node:path";
import { spanOf, tokenize } from "../../../grammar/parse/lexer.ts";
import { Text } from "../../../grammar/parse/tokens.ts";
import type { ApplyNode, ArgumentNode, FieldNode, ProfileNode } from "../../../grammar/syntax.ts";
import type { Analysis } from "../analysis.ts";
import { calledSignature } from "../called.ts";
import { type Placed, pathTo } from "../syntax-walk.ts";
import { profileSchema } from "./members.ts";
import type { Offer } from "./offer.ts";

/**
 * What may be written inside a text: paths after `from` and `import`, the allowed values of a property, time zones.
 * `undefined` when the offset is in no text.
 */
export function textOffers(analysis: Analysis, offset: number): Offer[] | undefined {
  const token = tokenize(analysis.text).tokens.find((each) => {
    const { start, end } = spanOf(each);
    return each.tokenType === Text && start < offset && offset < end;
  });
  if (token === undefined) return undefined;
  const before = analysis.text.slice(token.startOffset + 1, offset);
  const parts = pathTo(analysis.parsed.program, offset);
  const owner = parts.at(-1)?.kind === "Text" ? parts.at(-2) : parts.at(-1);
  switch (owner?.kind) {
    case "Plugin":
      return fileOffers(analysis.path, before, "");
    case "Import":
      return fileOffers(analysis.path, before, ".coppice");
    case "Schedule":
      return zoneOffers(before, analysis.text.slice(owner.span.start, token.startOffset));
    case "Field":
    case "Argument":
      return valueOffers(analysis, parts, owner as FieldNode | ArgumentNode);
    default:
      return [];
  }
}

function valueOffers(analysis: Analysis, parts: readonly Placed[], owner: FieldNode | ArgumentNode): Offer[] {
  const name = owner.name?.text ?? "";
  const profile = parts.find((part): part is ProfileNode => part.kind === "Profile");
  const call = parts.findLast((part): part is ApplyNode => part.kind === "Apply");
  const property =
    owner.kind === "Field" && profile !== undefined
      ? profileSchema(analysis, `${profile.plugin.text}.${profile.type.text}`)?.properties[name]
      : call === undefined
        ? undefined
        : calledSignature(analysis, call, parts)?.properties?.[name];
  return (property?.values ?? []).map((label) => ({ label, kind: "value" }));
}

/** What lies in the folder of which the beginning is written; hidden files and packages are left out. */
function fileOffers(from: string, before: string, ending: string): Offer[] {
  const folder = path.resolve(path.dirname(from), before.slice(0, before.lastIndexOf("/") + 1));
  try {
    return readdirSync(folder, { withFileTypes: true })
      .filter(({ name }) => !name.startsWith(".") && name !== "node_modules")
      .filter((entry) => entry.isDirectory() || ending === "" || entry.name.endsWith(ending))
      .sort((a, b) => (a.name < b.name ? -1 : 1))
      .map((entry) => ({ label: entry.name, kind: entry.isDirectory() ? "folder" : "file" }));
  } catch {
    return []; // no such folder: nothing to offer
  }
}

function zoneOffers(before: string, head: string): Offer[] {
  if (!/\bin\s*$/.test(head)) return [];
  return ["UTC", ...Intl.supportedValuesOf("timeZone")]
    .filter((zone) => zone.toLowerCase().startsWith(before.toLowerCase()))
    .map((label) => ({ label, kind: "value" }));
}
