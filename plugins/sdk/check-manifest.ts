import type { ErrorObject } from "ajv";
import { kindContradictions, profileContradictions } from "./check-kinds.ts";
import { specContradictions } from "./check-spec.ts";
import { checkValue } from "./check-values.ts";
import { otherKinds } from "./kinds.ts";
import type { Deprecation, Manifest, OperationSchema, PropertySchema, PropertySchemas } from "./manifest.ts";
import { contractVersion, standardOperations } from "./manifest.ts";
import validate from "./manifest-validator.mjs";
import { wholePattern } from "./whole-pattern.ts";

export type ManifestCheck =
  | { readonly ok: true; readonly manifest: Manifest }
  /** Each a full sentence that names the field and how to mend it; in the manifest's order. */
  | { readonly ok: false; readonly problems: readonly string[] };

/** Checks what `plugin.json` holds. Unknown fields are refused, so that a typing error never means "not there". */
export function checkManifest(value: unknown): ManifestCheck {
  const version = (value as { contract?: unknown } | null)?.contract;
  if (typeof version === "number" && version !== contractVersion) {
    const problem = `contract is ${version}; this engine speaks contract ${contractVersion}: use a plugin made for it, or another engine`;
    return { ok: false, problems: [problem] };
  }
  if (!validate(value)) return { ok: false, problems: sentences(validate.errors ?? []) };
  const given = value as Manifest;
  const manifest: Manifest = {
    name: given.name,
    version: given.version,
    contract: given.contract,
    tier: given.tier,
    entry: given.entry,
    description: given.description,
    needs: given.needs ?? [],
    settings: given.settings ?? {},
    profiles: given.profiles ?? {},
    functions: given.functions ?? {},
    events: given.events ?? {},
    // absent where it is absent: a hash that was made before there were these kinds stays the same
    ...Object.fromEntries(otherKinds.flatMap((kind) => (given[kind] ? [[kind, given[kind]]] : []))),
  };
  const problems = [...contradictions(manifest)];
  return problems.length === 0 ? { ok: true, manifest } : { ok: false, problems };
}

function sentences(errors: readonly ErrorObject[]): string[] {
  const said = errors.filter((e) => e.keyword !== "if").map(sentence);
  return [...new Set(said)];
}

function sentence(e: ErrorObject): string {
  const at = e.instancePath === "" ? "plugin.json" : e.instancePath.slice(1).replaceAll("/", ".");
  const value = JSON.stringify(e.data)?.slice(0, 80);
  switch (e.keyword) {
    case "additionalProperties": {
      const known = Object.keys((e.parentSchema as { properties?: object }).properties ?? {}).filter(
        (n) => n !== "$schema",
      );
      return `${at} has an unknown field "${e.params["additionalProperty"]}"; it may have ${known.join(", ")}`;
    }
    case "required":
      return `${at} lacks "${e.params["missingProperty"]}"; add it`;
    case "enum":
      return `${at} is ${value}; write one of ${(e.params["allowedValues"] as string[]).join(", ")}`;
    case "const":
      return `${at} is ${value}; write ${JSON.stringify(e.params["allowedValue"])}`;
    case "type":
      return `${at} is ${value}, not of type ${e.params["type"]}`;
    case "propertyNames":
      return `${at} has a field named "${e.params["propertyName"]}"; names are lower case: letters, digits and _, a letter first`;
    case "pattern":
      return `${at} is ${value}; it must match ${e.params["pattern"]}`;
    default:
      return `${at} ${e.message ?? "is wrong"}`;
  }
}

function* contradictions(m: Manifest): Generator<string> {
  const provided = [m.profiles, m.functions, ...otherKinds.map((kind) => m[kind] ?? {})];
  if (provided.every((things) => Object.keys(things).length === 0))
    yield "plugin.json provides nothing; declare a profile type under profiles or a function under functions";
  if (m.tier === "pure" && m.needs.length > 0)
    yield 'tier is "pure" while there are needs; a pure plugin has none: write "tier": "sandboxed", or remove them';
  for (const [i, need] of m.needs.entries()) {
    if (need.capability === "command" && m.tier !== "commands")
      yield `needs.${i}.capability is "command" while tier is "${m.tier}"; write "tier": "commands"`;
    if ((need.capability === "state" || need.capability === "reveal") && need.target !== undefined)
      yield `needs.${i}.target is "${need.target}"; ${need.capability} has no target: remove it`;
  }
  yield* inSchemas(m.settings, "settings", false);
  for (const [type, profile] of Object.entries(m.profiles)) {
    const at = `profiles.${type}`;
    yield* inSchemas(profile.properties, `${at}.properties`, true);
    for (const operation of standardOperations)
      if (operation !== "update" && profile.operations[operation] === undefined)
        yield `${at}.operations lacks "${operation}"; every profile type has create, find, get and delete`;
    const updatable = Object.values(profile.properties).some((p) => p.updatable === true);
    if (updatable && profile.operations["update"] === undefined)
      yield `${at}.operations lacks "update" while a property is updatable; declare it, or remove "updatable"`;
    for (const [name, operation] of Object.entries(profile.operations)) {
      if (
        (standardOperations as readonly string[]).includes(name) &&
        (operation.arguments ?? operation.result) !== undefined
      )
        yield `${at}.operations.${name} has arguments or a result; the contract fixes those of ${name}: remove them`;
      yield* inOperation(operation, `${at}.operations.${name}`);
    }
    yield* profileContradictions(m, profile, at);
    yield* specContradictions(m, profile, at);
  }
  for (const [name, f] of Object.entries(m.functions)) yield* inOperation(f, `functions.${name}`);
  for (const [name, event] of Object.entries(m.events)) {
    yield* inSchemas(event.fields, `events.${name}.fields`, false);
    yield* withoutSecrets(Object.values(event.fields), `events.${name}.fields`);
  }
  for (const kind of ["policies", "notifiers"] as const)
    for (const [name, thing] of Object.entries(m[kind] ?? {}))
      yield* inSchemas(thing.arguments ?? {}, `${kind}.${name}.arguments`, false);
  yield* kindContradictions(m);
  for (const [type, { operations }] of Object.entries(m.profiles))
    yield* inReplacements(operations, `profiles.${type}.operations`);
  yield* inReplacements(m.functions, "functions");
}

/** A replacement has to be there, and must not be deprecated itself. */
function* inReplacements(
  of: Readonly<Record<string, { readonly deprecated?: Deprecation | undefined }>>,
  at: string,
): Generator<string> {
  for (const [name, { deprecated }] of Object.entries(of)) {
    const { use } = deprecated ?? {};
    if (use === undefined) continue;
    if (!Object.hasOwn(of, use) || of[use]?.deprecated !== undefined)
      yield `${at}.${name}.deprecated.use is "${use}"; name one beside it that is not deprecated`;
  }
}

/** What a plugin gives is shown to people and kept: secrets only go in. */
function* withoutSecrets(schemas: readonly PropertySchema[], at: string): Generator<string> {
  for (const schema of schemas) {
    if (schema.type === "Secret") yield `${at} holds a Secret; only what a plugin is given may be one`;
    if (schema.of !== undefined) yield* withoutSecrets([schema.of], at);
    if (schema.fields !== undefined) yield* withoutSecrets(Object.values(schema.fields), at);
  }
}

function* inOperation(operation: OperationSchema, at: string): Generator<string> {
  yield* inSchemas(operation.arguments ?? {}, `${at}.arguments`, false);
  if (operation.result === undefined) return;
  yield* inSchema(operation.result, `${at}.result`, false);
  yield* withoutSecrets([operation.result], `${at}.result`);
}

function* inSchemas(schemas: PropertySchemas, at: string, profile: boolean): Generator<string> {
  for (const [name, schema] of Object.entries(schemas)) yield* inSchema(schema, `${at}.${name}`, profile);
  yield* inReplacements(schemas, at);
}

function* inSchema(schema: PropertySchema, at: string, profile: boolean): Generator<string> {
  const number = ["Int", "Float", "Duration", "Size", "Percent"].includes(schema.type);
  if (!number && (schema.minimum ?? schema.maximum) !== undefined)
    yield `${at} has minimum or maximum, which a ${schema.type} can't have; remove it`;
  if (schema.unit !== undefined && schema.type !== "Int" && schema.type !== "Float")
    yield `${at} has "unit", which only an Int or a Float can have; remove it`;
  if (schema.type !== "String" && (schema.values ?? schema.pattern) !== undefined)
    yield `${at} has values or pattern, which only a String can have; remove it`;
  if (schema.of !== undefined && schema.type !== "List" && schema.type !== "Map")
    yield `${at} has "of", which only a List or a Map can have; remove it`;
  if ((schema.fields !== undefined) !== (schema.type === "Record"))
    yield `${at}: "fields" belongs to a Record and to nothing else; ${schema.fields ? "remove" : "add"} it`;
  if (schema.updatable !== undefined && !profile)
    yield `${at} has "updatable", which only a profile's property can have; remove it`;
  if (schema.vertical === true && schema.updatable !== true)
    yield `${at} is vertical and not updatable; vertical scaling changes a living node: write "updatable": true as well`;
  if (schema.type === "Secret" && schema.default !== undefined)
    yield `${at} is a Secret with a default; remove the default: a manifest is no place for secrets`;
  if (schema.required === true && schema.default !== undefined)
    yield `${at} is required and has a default; remove one of them`;
  if (schema.pattern !== undefined && !compiles(schema.pattern))
    yield `${at}.pattern is not a regular expression: ${schema.pattern}`;
  else if (schema.pattern !== undefined && wholePattern(schema.pattern) === undefined)
    yield `${at}.pattern looks around or back, or repeats too much: ${schema.pattern}; write it without (?=…), (?<=…) and \\1`;
  else if (schema.default !== undefined) {
    const checked = checkValue(schema, schema.default, `${at}.default`);
    if (!checked.ok) for (const p of checked.problems) yield `${p.path} ${p.message}`;
  }
  if (schema.of !== undefined) yield* inSchema(schema.of, `${at}.of`, false);
  if (schema.fields !== undefined) yield* inSchemas(schema.fields, `${at}.fields`, false);
}

function compiles(pattern: string): boolean {
  try {
    new RegExp(pattern, "u");
    return true;
  } catch {
    return false;
  }
}
