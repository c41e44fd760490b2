import { readFileSync } from "node:fs";
import { join } from "node:path";
import { Ajv, type ValidateFunction } from "ajv";
import type { Json } from "../../grammar/plan.ts";
import { PluginError } from "../host/plugin-error.ts";

type Values = Readonly<Record<string, Json>>;
type Reasons = Readonly<Record<string, string>>;

/** `conformance.json` beside `plugin.json`: with what a plugin is tested. All of it may be left out. */
export interface ConformanceFile {
  readonly settings?: Values;
  /** Lines of `allow`: `state`, `http 127.0.0.1:8080`. */
  readonly allow?: readonly string[];
  readonly profiles?: Readonly<Record<string, ProfileEntry>>;
  /** Arguments by function. */
  readonly functions?: Readonly<Record<string, Values>>;
  readonly policies?: Readonly<Record<string, OtherEntry>>;
  readonly sources?: Readonly<Record<string, OtherEntry>>;
  readonly notifiers?: Readonly<Record<string, OtherEntry>>;
  readonly secret_stores?: Readonly<Record<string, OtherEntry>>;
  readonly coordination?: Readonly<Record<string, OtherEntry>>;
  /** Milliseconds, of one operation at most. */
  readonly operation_within?: number;
  /** How many calls the leak check makes. */
  readonly calls?: number;
}

export interface ProfileEntry {
  readonly properties?: Values;
  readonly changes?: readonly Values[];
  readonly refused?: { readonly properties: Values; readonly code?: string };
  readonly operations?: Readonly<Record<string, { readonly arguments?: Values; readonly skip?: string }>>;
  readonly visible_within?: number;
  readonly healthy_within?: number;
  readonly skip?: Reasons;
}

export interface OtherEntry {
  readonly arguments?: Values;
  readonly key?: string;
  readonly skip?: Reasons;
}

/** Reads `conformance.json` of a plugin's folder; an empty one when there is none. Throws `PluginError`. */
export function readConformanceFile(folder: string): ConformanceFile {
  let text: string;
  const file = join(folder, "conformance.json");
  try {
    text = readFileSync(file, "utf8");
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException; // readFileSync throws nothing else
    if (code === "ENOENT" || code === "ENOTDIR") return {};
    throw error;
  }
  return parseConformanceFile(text, file);
}

/** Throws `PluginError` that names the field. */
export function parseConformanceFile(text: string, shown: string): ConformanceFile {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (cause) {
    throw wrong(`${shown} is not JSON: ${(cause as Error).message}`);
  }
  validate ??= new Ajv({ allErrors: true, strict: false }).compile(schema);
  if (validate(value)) return value as ConformanceFile;
  const said = (validate.errors ?? []).map(({ instancePath, message, params }) => {
    const at = instancePath === "" ? "it" : instancePath.slice(1).replaceAll("/", ".");
    const more = "additionalProperty" in params ? ` (${params["additionalProperty"]})` : "";
    return `${at} ${message}${more}`;
  });
  throw wrong(`${shown}: ${said.join("; ")}`);
}

function wrong(message: string): PluginError {
  return new PluginError(message, {
    code: "bad-conformance",
    help: "docs/testing-a-plugin.md shows what conformance.json may hold",
  });
}

let validate: ValidateFunction | undefined;

const values = { type: "object" };
const reasons = { type: "object", additionalProperties: { type: "string", minLength: 3 } };
const record = (properties: object, required: readonly string[] = []) => ({
  type: "object",
  additionalProperties: false,
  required,
  properties,
});
const map = (of: object) => ({ type: "object", additionalProperties: of });
const other = map(record({ arguments: values, key: { type: "string" }, skip: reasons }));
const milliseconds = { type: "integer", minimum: 0, maximum: 3_600_000 };

const schema = record({
  $schema: { type: "string" },
  settings: values,
  allow: { type: "array", items: { type: "string" } },
  profiles: map(
    record({
      properties: values,
      changes: { type: "array", items: values },
      refused: record({ properties: values, code: { type: "string" } }, ["properties"]),
      operations: map(record({ arguments: values, skip: { type: "string", minLength: 3 } })),
      visible_within: milliseconds,
      healthy_within: milliseconds,
      skip: reasons,
    }),
  ),
  functions: map(values),
  policies: other,
  sources: other,
  notifiers: other,
  secret_stores: other,
  coordination: other,
  operation_within: milliseconds,
  calls: { type: "integer", minimum: 100, maximum: 1_000_000 },
});
