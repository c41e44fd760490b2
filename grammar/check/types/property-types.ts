import type { PropertySchema, PropertySchemas } from "../../plugin-schema.ts";
import { any, listOf, mapOf, optional, type Type } from "../../types.ts";

/** The language's type of a plugin's property. */
export function propertyType(schema: PropertySchema): Type {
  switch (schema.type) {
    case "List":
      return listOf(schema.of === undefined ? any : propertyType(schema.of));
    case "Map":
      return mapOf(schema.of === undefined ? any : propertyType(schema.of));
    case "Record":
      return { kind: "Record", name: null, fields: propertyTypes(schema.fields ?? {}) };
    default:
      return { kind: schema.type };
  }
}

/** The types of several properties; one that may be absent is optional. */
export function propertyTypes(schemas: PropertySchemas): Readonly<Record<string, Type>> {
  return Object.fromEntries(
    Object.entries(schemas).map(([name, schema]) => {
      const type = propertyType(schema);
      return [name, schema.required === true || schema.default !== undefined ? type : optional(type)];
    }),
  );
}
