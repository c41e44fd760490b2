import type { ImportReport } from "./import-report.ts";
import type { Spec } from "./spec-file.ts";

/** What one spec becomes. */
export interface Imported {
  /** Declarations in the language, not yet laid out. */
  readonly text: string;
  /** An entry of the cluster's `policies`. */
  readonly binding?: string;
  /** A `profile` of this name, for the cluster. */
  readonly profile?: string;
  /** What runs by itself for a cluster of this name. */
  readonly trigger?: (cluster: string) => string;
}

/** How a spec is turned into declarations: one for each type of Senlin's. */
export type Importer = (q: {
  readonly spec: Spec;
  /** Free in the program, made from the file's name. */
  readonly name: string;
  readonly report: ImportReport;
}) => Imported;

/** The doc comment that says where a declaration came from, below what stood above the spec. */
export function heading(spec: Spec): string {
  const comments = spec.comments.map((line) => `// ${line}\n`).join("");
  const lines = (spec.description ?? "").split("\n").filter((line) => line.trim() !== "");
  const docs = [...lines, `From ${spec.type}-${spec.version} in ${spec.path.replace(/^.*[/\\]/, "")}.`];
  return `${comments}${comments === "" ? "" : "\n"}${docs.map((line) => `/// ${line}\n`).join("")}`;
}
