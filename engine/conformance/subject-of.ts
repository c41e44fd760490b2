import type { Json } from "../../grammar/plan.ts";
import { checkProperties } from "../../plugins/sdk/check-values.ts";
import { otherKinds } from "../../plugins/sdk/kinds.ts";
import type { Manifest, ProfileTypeSchema } from "../../plugins/sdk/manifest.ts";
import type { LoadedPlugin } from "../host/load-plugin.ts";
import { PluginError } from "../host/plugin-error.ts";
import { readPermission } from "../host/read-permission.ts";
import type { ConformanceFile, ProfileEntry } from "./conformance-file.ts";
import { sampleChanges, sampleValues } from "./sample-values.ts";
import type { OtherCase, ProfileCase, Subject } from "./subject.ts";

const operationMs = 120_000;
const healthyMs = 30_000;
const leakCalls = 10_000;
const guessedChanges = 3;

/**
 * A plugin with all that its test needs: from its `conformance.json`, from a program and so on, where later ones win, and
 * where all of them say nothing from guesses that fit the schemas. Throws `PluginError` when that isn't enough.
 */
export function subjectOf(plugin: LoadedPlugin, ...given: readonly ConformanceFile[]): Subject {
  const { manifest } = plugin;
  const all = given.reduce(merge, {});
  namesExist(manifest, all);
  const settings = checkProperties(manifest.settings, {
    ...sampleValues(manifest.settings).values,
    ...all.settings,
  });
  if (!settings.ok)
    throw lacking(`settings: ${settings.problems.map((p) => `${p.path} ${p.message}`).join("; ")}`);
  return {
    plugin,
    grants: (all.allow ?? grantsOf(manifest)).map(readPermission),
    settings: { ...sampleValues(manifest.settings).values, ...all.settings },
    profiles: Object.fromEntries(
      Object.entries(manifest.profiles).map(([name, schema]) => [
        name,
        profileCase(name, schema, all.profiles?.[name] ?? {}),
      ]),
    ),
    functions: all.functions ?? {},
    others: othersOf(manifest, all),
    operationMs: all.operation_within ?? operationMs,
    calls: all.calls ?? leakCalls,
  };
}

function merge(a: ConformanceFile, b: ConformanceFile): ConformanceFile {
  const profiles = { ...a.profiles };
  for (const [name, entry] of Object.entries(b.profiles ?? {}))
    profiles[name] = { ...profiles[name], ...entry };
  return { ...a, ...b, settings: { ...a.settings, ...b.settings }, profiles };
}

/** What the manifest asks for by name; a need without a target can't be guessed, but for `state`. */
function grantsOf({ needs }: Manifest): readonly string[] {
  return needs.flatMap(({ capability, target }) =>
    target === undefined && capability !== "state"
      ? []
      : [`${capability}${target === undefined ? "" : ` ${target}`}`],
  );
}

function profileCase(name: string, schema: ProfileTypeSchema, entry: ProfileEntry): ProfileCase {
  const sample = sampleValues(schema.properties);
  const properties = { ...sample.values, ...entry.properties };
  const missing = sample.missing.filter((property) => properties[property] === undefined);
  if (missing.length > 0)
    throw lacking(
      `profile ${name}: no value could be guessed for ${missing.join(", ")}; write it into profiles.${name}.properties`,
    );
  fits(checkProperties(schema.properties, properties), `profiles.${name}.properties`);
  const changes = entry.changes ?? sampleChanges(schema.properties, properties, guessedChanges);
  for (const change of changes)
    fits(checkProperties(schema.properties, change, { partial: true }), `profiles.${name}.changes`);
  return {
    properties,
    changes,
    refused:
      entry.refused === undefined
        ? null
        : { properties: entry.refused.properties, code: entry.refused.code ?? null },
    operations: Object.fromEntries(
      Object.entries(entry.operations ?? {}).map(([operation, { skip, arguments: values }]) => [
        operation,
        skip === undefined ? { arguments: values ?? {} } : { skip },
      ]),
    ),
    visibleMs: entry.visible_within ?? 0,
    healthyMs: entry.healthy_within ?? healthyMs,
    skip: entry.skip ?? {},
  };
}

function othersOf(manifest: Manifest, all: ConformanceFile): Readonly<Record<string, OtherCase>> {
  const cases: Record<string, OtherCase> = {};
  for (const kind of otherKinds) {
    for (const name of Object.keys(manifest[kind] ?? {})) {
      const entry = all[kind]?.[name];
      const schemas = (manifest[kind]?.[name] as { arguments?: Manifest["settings"] } | undefined)?.arguments;
      const values: Readonly<Record<string, Json>> = {
        ...sampleValues(schemas ?? {}).values,
        ...entry?.arguments,
      };
      cases[`${kind}.${name}`] = { arguments: values, key: entry?.key ?? null, skip: entry?.skip ?? {} };
    }
  }
  return cases;
}

/** A typing error must not leave something untested. */
function namesExist(manifest: Manifest, all: ConformanceFile): void {
  for (const kind of ["profiles", "functions", ...otherKinds] as const)
    for (const name of Object.keys(all[kind] ?? {}))
      if (manifest[kind]?.[name] === undefined)
        throw lacking(`${kind}.${name}: the manifest has none of that name`);
  for (const [name, entry] of Object.entries(all.profiles ?? {}))
    for (const operation of Object.keys(entry.operations ?? {}))
      if (manifest.profiles[name]?.operations[operation] === undefined)
        throw lacking(`profiles.${name}.operations.${operation}: the manifest has none of that name`);
}

function fits(checked: ReturnType<typeof checkProperties>, at: string): void {
  if (!checked.ok)
    throw lacking(`${at}: ${checked.problems.map((p) => `${p.path} ${p.message}`).join("; ")}`);
}

function lacking(message: string): PluginError {
  return new PluginError(`the plugin can't be tested with this: ${message}`, {
    code: "bad-conformance",
    help: "mend conformance.json beside plugin.json, or name a program: --program FILE",
  });
}
