import { type Document, isMap, isScalar, LineCounter, type Node, parseAllDocuments } from "yaml";
import type { ImportReport } from "./import-report.ts";
import { asValue, commentLines, type SpecMap, type SpecValue } from "./spec-value.ts";

/** One Senlin spec: what `openstack cluster profile create --spec-file` and `… policy create --spec-file` take. */
export interface Spec {
  readonly path: string;
  /** `os.nova.server`, `senlin.policy.deletion` */
  readonly type: string;
  /** `1.0` */
  readonly version: string;
  readonly description: string | null;
  readonly properties: SpecMap;
  /** What stands above the spec, without its marks. */
  readonly comments: readonly string[];
}

/**
 * Reads the specs of a YAML or JSON file; several documents may stand in one. A spec inside `spec`, `profile` or `policy`,
 * as the API shows it, is found too. Mistakes go to the report; the others are read all the same.
 */
export function readSpecs(file: { path: string; text: string }, report: ImportReport): Spec[] {
  const lines = new LineCounter();
  const documents = parseAllDocuments(file.text, { lineCounter: lines, prettyErrors: false });
  const specs: Spec[] = [];
  for (const document of Array.isArray(documents) ? documents : []) {
    const [mistake] = document.errors;
    if (mistake !== undefined) {
      const { line } = lines.linePos(mistake.pos[0]);
      report.problem(file.path, line, `this is no YAML: ${firstLine(mistake.message)}`);
      continue;
    }
    const spec = specIn(file.path, document, lines, report);
    if (spec !== null) specs.push(spec);
  }
  if (specs.length === 0 && !report.hasProblems(file.path)) {
    report.problem(file.path, 1, "there is no spec in it: a spec has type, version and properties");
  }
  return specs;
}

function specIn(
  path: string,
  document: Document.Parsed,
  lines: LineCounter,
  report: ImportReport,
): Spec | null {
  const root = unwrapped(document.contents);
  if (root === null) return null;
  const value = asValue(root, lines);
  const fields = value.kind === "map" ? new Map(value.fields.map((field) => [field.name, field])) : null;
  const type = textOf(fields?.get("type")?.value);
  const version = textOf(fields?.get("version")?.value);
  const properties = fields?.get("properties")?.value;
  if (fields === null || type === null || version === null || properties?.kind !== "map") {
    const missing = ["type", "version", "properties"].filter((name) => !fields?.has(name));
    const what = missing.length > 0 ? `it has no ${missing.join(", no ")}` : "its properties are no mapping";
    report.problem(path, value.line, `this is no spec of Senlin's: ${what}`);
    return null;
  }
  for (const { name, line } of fields.values()) {
    if (!["type", "version", "properties", "description"].includes(name)) {
      report.dropped(path, line, name, "Senlin's specs have no such key");
    }
  }
  const comments = commentLines(document.commentBefore).concat(fields.get("type")?.comments ?? []);
  return {
    path,
    type,
    version,
    description: textOf(fields.get("description")?.value),
    properties: { ...properties, comments: fields.get("properties")?.comments ?? [] },
    comments: comments.concat(fields.get("version")?.comments ?? []),
  };
}

/** The mapping that has a `type`, at most two levels down. */
function unwrapped(node: Node | null): Node | null {
  let inner = node;
  for (const name of ["profile", "policy", "spec"]) {
    const below: unknown = isMap(inner) && !inner.has("type") ? inner.get(name, true) : undefined;
    if (isMap(below)) inner = below;
  }
  return inner;
}

function textOf(value: SpecValue | undefined): string | null {
  if (value?.kind !== "scalar" || value.value === null) return null;
  // `version: 1.0` is a number to YAML, which would say 1
  return isScalar(value.node) ? (value.node.source ?? String(value.value)) : String(value.value);
}

function firstLine(text: string): string {
  return text.split("\n")[0] ?? text;
}
