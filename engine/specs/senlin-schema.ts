import type { Json } from "../../grammar/plan.ts";
import type {
  OperationSchema,
  PropertySchema,
  PropertySchemas,
  PropertyType,
} from "../../plugins/sdk/manifest.ts";
import type { SpecType } from "./spec-type.ts";

type Shown = { readonly [key: string]: Json };

/** Senlin's word for each type that a spec can say; `checkManifest` lets no other into a public profile type. */
export const senlinTypes: Readonly<Partial<Record<PropertyType, string>>> = {
  String: "String",
  Int: "Integer",
  Float: "Number",
  Bool: "Boolean",
  List: "List",
  Map: "Map",
  Record: "Map",
};

/**
 * `schema` of `GET /v1/profile-types/{type}` and `GET /v1/policy-types/{type}`: a descriptor for each property. The API
 * sorts keys when it answers. (senlin: common/schema.py)
 */
export function senlinSchema({ properties }: Pick<SpecType, "properties">): Shown {
  return mapValues(properties, propertyDescriptor);
}

/** `operations` of `GET /v1/profile-types/{type}/ops`. */
export function senlinOperations(type: SpecType): Shown {
  const shown: Record<string, Json> = {};
  for (const name of type.operations ?? []) {
    const operation = type.operationSchemas?.[name] ?? {};
    const free = type.free_operations?.includes(name) === true;
    shown[name] = free ? freeDescriptor(operation) : operationDescriptor(operation);
  }
  return shown;
}

/** An item of the lists of types; before microversion 1.5 only `{ name }`, with the version in it, is shown. */
export function senlinTypeItem(type: SpecType, version: string): Shown {
  return { name: type.type, version, support_status: { [version]: statusOf(type, version) } };
}

/** `support_status` of one type: all versions that are known, also those that no spec may name. */
export function senlinSupportStatus(type: SpecType): Shown {
  return mapValues(type.support_status, (_, version) => statusOf(type, version));
}

function statusOf(type: SpecType, version: string): Json {
  return (type.support_status[version] ?? []).map(({ status, since }) => ({ status, since }));
}

function propertyDescriptor(schema: PropertySchema): Shown {
  return { ...descriptor(schema), updatable: schema.updatable === true };
}

function descriptor(schema: PropertySchema): Shown {
  const children =
    schema.type === "List"
      ? { "*": propertyDescriptor(schema.of ?? { type: "Any" }) }
      : schema.fields && mapValues(schema.fields, propertyDescriptor);
  return {
    type: senlinTypes[schema.type] ?? "Any",
    ...(schema.doc === undefined ? {} : { description: schema.doc }),
    ...(schema.default === undefined ? {} : { default: schema.default }),
    required: schema.required === true,
    ...(children === undefined ? {} : { schema: children }),
    ...(schema.values === undefined
      ? {}
      : { constraints: [{ type: "AllowedValues", constraint: [...schema.values] }] }),
  };
}

function operationDescriptor({ doc = "Undocumented", arguments: parameters = {} }: OperationSchema): Shown {
  return { description: doc, parameters: mapValues(parameters, descriptor) };
}

/** Senlin declares such an operation as a property: a Map that may hold anything. */
function freeDescriptor({ doc }: OperationSchema): Shown {
  return propertyDescriptor({ type: "Map", doc });
}

function mapValues<T>(
  of: PropertySchemas | Readonly<Record<string, T>>,
  show: (value: T & PropertySchema, name: string) => Json,
): Shown {
  return Object.fromEntries(
    Object.entries(of).map(([name, value]) => [name, show(value as T & PropertySchema, name)]),
  );
}
