import { Type } from "typebox";
import type { Json as JsonValue } from "../../../grammar/plan.ts";
import { senlinSchema, senlinSupportStatus, senlinTypeItem } from "../../specs/senlin-schema.ts";
import { type SpecType, specName } from "../../specs/spec-type.ts";
import type { Microversion } from "../microversion.ts";
import { JsonRecord } from "./schemas.ts";

/** One type in the lists of profile types and policy types. */
export const SpecTypeItem = Type.Object({
  name: Type.String(),
  version: Type.Optional(Type.String()),
  support_status: Type.Optional(JsonRecord),
});

/** One type with its properties. */
export const SpecTypeDetail = Type.Object({
  name: Type.String(),
  schema: JsonRecord,
  support_status: Type.Optional(JsonRecord),
});

/** An item of those lists; from 1.5 on with its version apart, and what supports it. */
export function toTypeItem(name: string, type: SpecType, microversion: Microversion) {
  if (microversion < 5) return { name };
  const version = type.versions.find((each) => specName(type.type, each) === name) ?? "";
  return senlinTypeItem(type, version) as { readonly [key: string]: JsonValue } & { readonly name: string };
}

/** What shows one type, with what supports it from 1.5 on. */
export function toTypeDetail(name: string, type: SpecType, microversion: Microversion) {
  return {
    name,
    schema: senlinSchema(type),
    ...(microversion >= 5 && { support_status: senlinSupportStatus(type) }),
  };
}

/** Names in the order of lists. */
export function byName<T>(types: ReadonlyMap<string, T>): (readonly [string, T])[] {
  return [...types].sort(([a], [b]) => (a < b ? -1 : 1));
}
