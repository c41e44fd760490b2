import {
  capabilities,
  contractVersion,
  profileCapabilities,
  propertyTypes,
  standardOperations,
  tiers,
} from "./manifest.ts";

const name = { type: "string", pattern: "^[a-z][a-z0-9_]{0,62}$" };
const text = { type: "string", maxLength: 2000 };
const schemas = { type: "object", propertyNames: name, additionalProperties: { $ref: "#/$defs/property" } };

const names = { type: "array", minItems: 1, uniqueItems: true, items: name };
const version = { type: "string", pattern: "^[0-9]+(\\.[0-9]+)*$" };

const documented = (properties: object, required: readonly string[] = []) => ({
  type: "object",
  propertyNames: name,
  additionalProperties: {
    type: "object",
    additionalProperties: false,
    ...(required.length > 0 && { required }),
    properties: { doc: text, ...properties },
  },
});
const milliseconds = (minimum: number) => ({ type: "integer", minimum, maximum: 86_400_000 });

/** Built-in ones and those of programs. */
const actions = {
  type: "array",
  uniqueItems: true,
  items: { type: "string", pattern: "^[A-Za-z_][A-Za-z0-9_]{0,127}$" },
};

/** `plugin.json` as JSON Schema (draft 2020-12 words that draft 7 has too), for `checkManifest` and for editors. */
export const manifestSchema = {
  $id: "coppice-plugin-1",
  title: "Coppice plugin manifest, contract version 1",
  type: "object",
  additionalProperties: false,
  required: ["name", "version", "contract", "tier", "entry", "description"],
  properties: {
    $schema: { type: "string" },
    name,
    version: { type: "string", pattern: "^[0-9]+\\.[0-9]+\\.[0-9]+(-[0-9A-Za-z.-]+)?$" },
    contract: { const: contractVersion },
    tier: { enum: [...tiers] },
    entry: { type: "string", pattern: "^\\./[^\\0]+\\.(ts|js|mjs)$" },
    description: text,
    needs: {
      type: "array",
      items: {
        type: "object",
        additionalProperties: false,
        required: ["capability", "why"],
        properties: {
          capability: { enum: [...capabilities] },
          target: { type: "string", minLength: 1, maxLength: 1000 },
          why: text,
        },
      },
    },
    settings: schemas,
    profiles: {
      type: "object",
      propertyNames: name,
      additionalProperties: {
        type: "object",
        additionalProperties: false,
        required: ["properties", "operations"],
        properties: {
          doc: text,
          spec: { $ref: "#/$defs/spec" },
          properties: schemas,
          operations: {
            type: "object",
            propertyNames: name,
            additionalProperties: { $ref: "#/$defs/operation" },
          },
          capabilities: { type: "array", uniqueItems: true, items: { enum: [...profileCapabilities] } },
          batch: {
            type: "object",
            additionalProperties: false,
            minProperties: 1,
            properties: Object.fromEntries(
              standardOperations.map((operation) => [
                operation,
                { type: "integer", minimum: 2, maximum: 250 },
              ]),
            ),
          },
          health: {
            type: "object",
            additionalProperties: false,
            properties: {
              every: milliseconds(100),
              doc: text,
              kinds: { ...names, items: { type: "string", pattern: "^[A-Z][A-Z0-9_]{0,62}$" } },
            },
          },
          hints: {
            type: "object",
            additionalProperties: false,
            properties: { price: name, quota: name },
          },
          validate: name,
          adopt_preview: name,
        },
      },
    },
    functions: {
      type: "object",
      propertyNames: name,
      additionalProperties: { $ref: "#/$defs/operation" },
    },
    events: {
      type: "object",
      propertyNames: name,
      additionalProperties: {
        type: "object",
        additionalProperties: false,
        required: ["fields"],
        properties: { doc: text, fields: schemas },
      },
    },
    policies: documented({
      arguments: schemas,
      before: actions,
      after: actions,
      priority: { type: "integer", minimum: 0, maximum: 100 },
      attaches: { type: "boolean" },
    }),
    sources: documented(
      { events: { type: "array", minItems: 1, uniqueItems: true, items: name }, every: milliseconds(100) },
      ["events"],
    ),
    notifiers: documented({ arguments: schemas }),
    secret_stores: documented({}),
    coordination: documented({}),
  },
  $defs: {
    spec: {
      type: "object",
      additionalProperties: false,
      required: ["type", "versions", "support_status"],
      properties: {
        // no "-": the public name has it between type and version
        type: { type: "string", pattern: "^[A-Za-z][A-Za-z0-9_.]{0,126}$" },
        versions: { ...names, items: version },
        support_status: {
          type: "object",
          propertyNames: version,
          additionalProperties: {
            type: "array",
            minItems: 1,
            items: {
              type: "object",
              additionalProperties: false,
              required: ["status", "since"],
              properties: {
                status: { enum: ["EXPERIMENTAL", "SUPPORTED", "DEPRECATED", "UNSUPPORTED"] },
                since: { type: "string", pattern: "^[0-9]{4}\\.[0-9]{2}$" },
              },
            },
          },
        },
        operations: names,
        free_operations: names,
      },
    },
    deprecation: {
      type: "object",
      additionalProperties: false,
      required: ["why"],
      properties: { use: name, why: text },
    },
    operation: {
      type: "object",
      additionalProperties: false,
      properties: {
        doc: text,
        arguments: schemas,
        result: { $ref: "#/$defs/property" },
        long: { type: "boolean" },
        deprecated: { $ref: "#/$defs/deprecation" },
      },
    },
    property: {
      type: "object",
      additionalProperties: false,
      required: ["type"],
      properties: {
        type: { enum: [...propertyTypes] },
        doc: text,
        of: { $ref: "#/$defs/property" },
        fields: schemas,
        required: { type: "boolean" },
        default: {},
        minimum: { type: "number" },
        maximum: { type: "number" },
        unit: { type: "string", minLength: 1, maxLength: 40 },
        values: { type: "array", minItems: 1, items: { type: "string" } },
        pattern: { type: "string", maxLength: 1000 },
        updatable: { type: "boolean" },
        vertical: { type: "boolean" },
        deprecated: { $ref: "#/$defs/deprecation" },
      },
    },
  },
} as const;
