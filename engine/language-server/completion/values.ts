import { libraryFunctions } from "../../../grammar/library/functions.ts";
import type { Type } from "../../../grammar/types.ts";
import { typeName } from "../../../grammar/types.ts";
import { type Analysis, declarationsOf } from "../analysis.ts";
import { localsAt } from "../scope.ts";
import { declaredSignature, functionSignature, signatureText } from "../signatures.ts";
import type { Placed } from "../syntax-walk.ts";
import type { Offer } from "./offer.ts";

/** What an expression may begin with: names in sight, those that fit what is wanted first. */
export function valueOffers(
  analysis: Analysis,
  path: readonly Placed[],
  offset: number,
  wanted: Type | undefined,
): Offer[] {
  const offers: Offer[] = [...wantedOffers(wanted)];
  for (const { name, kind, type } of localsAt(analysis, path, offset)) {
    const fits = wanted !== undefined && type !== undefined && typeName(type) === typeName(wanted);
    offers.push({
      label: name,
      kind: "variable",
      detail: type === undefined ? kind : typeName(type),
      rank: fits ? 1 : 2,
    });
  }
  const constant = constantPlaces.has(path[1]?.kind ?? "");
  for (const { node, file } of declarationsOf(analysis)) {
    if (file.builtin || node === path[1] || (constant && node.kind === "Cluster")) continue;
    switch (node.kind) {
      case "Param":
      case "Secret":
      case "Cluster": {
        const type = analysis.facts.declaredAt({
          file: analysis.files.indexOf(file),
          span: node.name.span,
        })?.type;
        const detail = type === undefined || type === null ? node.kind.toLowerCase() : typeName(type);
        offers.push({ label: node.name.text, kind: "constant", detail, doc: node.doc, rank: 3 });
        break;
      }
      case "Enum":
        offers.push({ label: node.name.text, kind: "enum", detail: "enum", doc: node.doc, rank: 4 });
        break;
      case "RecordType":
        offers.push({
          label: node.name.text,
          kind: "record",
          detail: "record",
          doc: node.doc,
          snippet: `${node.name.text} { $0 }`,
          rank: 4,
        });
        break;
      default:
    }
  }
  for (const [name, entry] of libraryFunctions) {
    if (name.includes(".")) continue;
    const signature = functionSignature(entry);
    offers.push({
      label: signature.name,
      kind: "function",
      detail: signatureText(signature),
      doc: entry.doc,
    });
  }
  for (const word of ["true", "false", "none", "not"]) offers.push({ label: word, kind: "keyword", rank: 6 });
  offers.push({ label: "if", kind: "keyword", snippet: "if $1 then $2 else $0", rank: 6 });
  offers.push({ label: "match", kind: "keyword", snippet: "match $1 {\n  $0\n}", rank: 6 });
  return offers;
}

/** Declarations whose values are known before anything runs. */
const constantPlaces: ReadonlySet<string> = new Set(["Cluster", "Profile", "Plugin", "Param"]);

/** What is wanted, where that is one of a few values. */
export function wantedOffers(wanted: Type | undefined): Offer[] {
  const type = wanted?.kind === "Optional" ? wanted.of : wanted;
  if (type?.kind === "Enum") {
    return type.members.map((label) => ({ label, kind: "member", detail: type.name, rank: 0 }));
  }
  if (type?.kind === "Bool") {
    return ["true", "false"].map((label) => ({ label, kind: "keyword", rank: 0 }));
  }
  return [];
}

/** Actions of the program as calls: `roll(…)`. */
export function actionOffers(analysis: Analysis, path: readonly Placed[]): Offer[] {
  return declarationsOf(analysis).flatMap(({ node, file }): Offer[] => {
    if (node.kind !== "Action" || file.builtin || node === path[1]) return []; // no action calls itself
    const detail = signatureText(declaredSignature(node, file));
    return [
      {
        label: node.name.text,
        kind: "function",
        detail,
        doc: node.doc,
        snippet: `${node.name.text}($0)`,
        rank: 3,
      },
    ];
  });
}

/** Plugins that have functions to call: `shell.run(…)`. */
export function pluginOffers(analysis: Analysis): Offer[] {
  return [...analysis.schemas].flatMap(([alias, schema]): Offer[] =>
    Object.keys(schema.functions).length === 0
      ? []
      : [{ label: alias, kind: "plugin", detail: `plugin ${schema.name} ${schema.version}`, rank: 4 }],
  );
}
