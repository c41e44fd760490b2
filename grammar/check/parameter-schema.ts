import type { Json } from "../plan.ts";
import type { Type } from "../types.ts";

/** A JSON Schema for what clients send: durations, sizes and percents as numbers or as the language writes them. */
export function parameterSchema(type: Type): { readonly [key: string]: Json } {
  switch (type.kind) {
    case "Bool":
      return { type: "boolean" };
    case "Int":
      return { type: "integer" };
    case "Float":
      return { type: "number" };
    case "String":
      return { type: "string" };
    case "Duration":
      return {
        anyOf: [{ type: "number" }, { type: "string", pattern: "^([0-9]+(\\.[0-9]+)?(ms|s|m|h|d))+$" }],
      };
    case "Size":
      return {
        anyOf: [{ type: "number" }, { type: "string", pattern: "^[0-9]+(\\.[0-9]+)?([KMGT]i?|k)?B$" }],
      };
    case "Percent":
      return { anyOf: [{ type: "number" }, { type: "string", pattern: "^[0-9]+(\\.[0-9]+)?%$" }] };
    case "Time":
      return { anyOf: [{ type: "number" }, { type: "string", format: "date-time" }] };
    case "List":
      return { type: "array", items: parameterSchema(type.of) };
    case "Map":
      return { type: "object", additionalProperties: parameterSchema(type.of) };
    case "Record": {
      const fields = Object.entries(type.fields);
      return {
        type: "object",
        properties: Object.fromEntries(fields.map(([name, of]) => [name, parameterSchema(of)])),
        required: fields.filter(([, of]) => of.kind !== "Optional").map(([name]) => name),
        additionalProperties: false,
      };
    }
    case "Optional":
      return { anyOf: [parameterSchema(type.of), { type: "null" }] };
    case "Cluster":
      return { type: "string", description: "A cluster's name or id" };
    case "Node":
      return { type: "string", description: "A node's name or id" };
    default:
      return {};
  }
}
