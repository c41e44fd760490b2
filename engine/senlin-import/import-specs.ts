import { suggest } from "../../grammar/diagnostics/suggest.ts";
import { formatProgram } from "../../grammar/format.ts";
import { importProfile } from "./import-profile.ts";
import { ImportReport } from "./import-report.ts";
import type { Imported, Importer } from "./imported.ts";
import { importBatch } from "./policies/batch.ts";
import { importDeletion } from "./policies/deletion.ts";
import { importHealth } from "./policies/health.ts";
import { importRegionPlacement, importZonePlacement } from "./policies/placement.ts";
import { importScaling } from "./policies/scaling.ts";
import { importAffinity, importLoadBalance } from "./policies/unsupported.ts";
import { profileTypes } from "./profile-types.ts";
import { identifier, textLiteral } from "./program-text.ts";
import { readSpecs, type Spec } from "./spec-file.ts";

/** A cluster that uses the imported specs, as `openstack cluster create` takes it. */
export interface ImportedCluster {
  readonly name: string;
  readonly size: number;
  readonly minimum: number;
  /** `null`: no upper bound. */
  readonly maximum: number | null;
}

const importers: Readonly<Record<string, Importer>> = {
  ...Object.fromEntries(Object.keys(profileTypes).map((type) => [type, importProfile])),
  "senlin.policy.deletion": importDeletion,
  "senlin.policy.scaling": importScaling,
  "senlin.policy.batch": importBatch,
  "senlin.policy.zone_placement": importZonePlacement,
  "senlin.policy.region_placement": importRegionPlacement,
  "senlin.policy.health": importHealth,
  "senlin.policy.loadbalance": importLoadBalance,
  "senlin.policy.affinity": importAffinity,
};

/**
 * Turns Senlin's YAML (or JSON) profile and policy specs into one program, laid out by the formatter, and tells what could
 * not be carried over. `pluginFolder` is where the program will look for plugins. Reads no files and calls nothing.
 */
export function importSpecs(q: {
  readonly files: readonly { readonly path: string; readonly text: string }[];
  readonly pluginFolder: string;
  readonly cluster: ImportedCluster | null;
}): { readonly text: string; readonly report: ImportReport } {
  const report = new ImportReport();
  const taken = new Set<string>(q.cluster === null ? [] : [q.cluster.name]);
  const plugins = new Set<string>();
  const imported: Imported[] = [];
  for (const file of q.files) {
    const specs = readSpecs(file, report);
    for (const spec of specs) {
      const importer = importerOf(spec, report);
      if (importer === null) continue;
      const kind = specs.length > 1 ? `_${spec.type.slice(spec.type.lastIndexOf(".") + 1)}` : "";
      const name = identifier(spec.path, kind, taken);
      taken.add(name);
      if (profileTypes[spec.type] !== undefined) plugins.add(spec.type);
      imported.push(importer({ spec, name, report }));
    }
  }
  const parts = [
    ...[...plugins].map((type) => pluginText(type, q.pluginFolder)),
    ...imported.map((each) => each.text),
    ...(q.cluster === null ? [] : clusterTexts(q.cluster, imported)),
  ];
  const raw = `${parts.filter((part) => part !== "").join("\n\n")}\n`;
  return { text: formatProgram(raw).text, report };
}

function importerOf(spec: Spec, report: ImportReport): Importer | null {
  const importer = Object.hasOwn(importers, spec.type) ? importers[spec.type] : undefined;
  if (importer !== undefined) return importer;
  const near = suggest(spec.type, Object.keys(importers));
  const help =
    near === undefined ? `; known are ${Object.keys(importers).join(", ")}` : `; did you mean "${near}"?`;
  report.problem(spec.path, 1, `"${spec.type}" is no type of Senlin's${help}`);
  return null;
}

function pluginText(type: string, folder: string): string {
  const rule = profileTypes[type];
  if (rule === undefined) return "";
  const path = textLiteral(`${folder.replace(/\/+$/, "")}/${rule.plugin}`);
  return `plugin ${rule.plugin} from ${path} {\n${rule.grants.join("\n")}\n}`;
}

function clusterTexts(cluster: ImportedCluster, imported: readonly Imported[]): string[] {
  const profile = imported.find((each) => each.profile !== undefined)?.profile;
  const bindings = imported.flatMap((each) => each.binding ?? []);
  const range = cluster.maximum === null ? "" : ` in ${cluster.minimum}..${cluster.maximum}`;
  const fields = [
    ...(profile === undefined ? [] : [`profile: ${profile}`]),
    `size: ${cluster.size}${range}`,
    ...(bindings.length === 0 ? [] : [`policies: [${bindings.join(", ")}]`]),
  ];
  const triggers = imported.flatMap((each) => each.trigger?.(cluster.name) ?? []);
  return [`cluster ${cluster.name} {\n${fields.join("\n")}\n}`, ...triggers];
}
