import type { Json } from "../../plan.ts";
import type { Type } from "../../types.ts";
import type { Bounds } from "../symbols.ts";

/** A JSON Schema for what clients send: durations, sizes and percents as numbers or as the language writes them. */
export function parameterSchema(type: Type, bounds: Bounds | null = null): { readonly [key: string]: Json } {
  switch (type.kind) {
    case "Bool":
      return { type: "boolean" };
    case "Int":
      return { type: "integer", ...bounds };
    case "Float":
      return { type: "number", ...bounds };
    case "String":
      return { type: "string" };
    case "Duration":
      return {
        anyOf: [
          { type: "number", ...bounds },
          { type: "string", pattern: "^([0-9]+(\\.[0-9]+)?(ms|s|m|h|d))+$" },
        ],
      };
    case "Size":
      return {
        anyOf: [
          { type: "number", ...bounds },
          { type: "string", pattern: "^[0-9]+(\\.[0-9]+)?([KMGT]i?|k)?B$" },
        ],
      };
    case "Percent":
      return {
        anyOf: [
          { type: "number", ...bounds },
          { type: "string", pattern: "^[0-9]+(\\.[0-9]+)?%$" },
        ],
      };
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
      return { anyOf: [parameterSchema(type.of, bounds), { type: "null" }] };
    case "Enum":
      return { type: "string", enum: [...type.members] };
    case "Secret":
      return {
        type: "object",
        description: "The handle of one of the program's secrets",
        properties: { $secret: { type: "string" } },
        required: ["$secret"],
        additionalProperties: false,
      };
    case "Cluster":
      return { type: "string", description: "A cluster's name or id" };
    case "Node":
      return { type: "string", description: "A node's name or id" };
    default:
      return {};
  }
}
