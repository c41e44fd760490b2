import { any, bool, int, listOf, mapOf, optional, string, type Type, time } from "../../types.ts";
import type { Checker } from "../checker.ts";
import { own, profileTypeOf } from "../symbols.ts";
import { propertyTypes } from "./property-types.ts";

/** The type of `of.name`, `undefined` if there is no such field. */
export function memberType(c: Checker, of: Type, name: string): Type | undefined {
  switch (of.kind) {
    case "Cluster":
    case "Node":
      return (
        own(recordFields(of.kind, of.profile), name) ??
        (name === "profile" ? profileRecord(c, of.profile) : undefined)
      );
    case "Record":
      return own(of.fields, name);
    case "Map":
      return optional(of.of);
    default:
      return undefined;
  }
}

/** Names that may follow a dot, for messages. */
export function memberNames(of: Type): readonly string[] {
  switch (of.kind) {
    case "Cluster":
    case "Node":
      return [...Object.keys(recordFields(of.kind, of.profile)), "profile"];
    case "Record":
      return Object.keys(of.fields);
    default:
      return [];
  }
}

/** The properties behind `node.profile`; `Any` when the profile type is not known. */
export function profileRecord(c: Checker, profile: string | null): Type {
  const schema = profile === null ? undefined : profileTypeOf(c.symbols, profile);
  if (schema === undefined) return any;
  return { kind: "Record", name: profile, fields: propertyTypes(schema.properties) };
}

function recordFields(kind: "Cluster" | "Node", profile: string | null): Readonly<Record<string, Type>> {
  return kind === "Cluster"
    ? {
        ...clusterFields,
        nodes: listOf({ kind: "Node", profile }),
        standby: listOf({ kind: "Node", profile }),
      }
    : { ...nodeFields, cluster: { kind: "Cluster", profile } };
}

const clusterFields = {
  id: string,
  name: string,
  size: int,
  min: int,
  max: optional(int),
  status: string,
  labels: mapOf(string),
  config: mapOf(any),
  policies: listOf(string),
  maintenance: bool,
  profile_id: string,
} as const;

const nodeFields = {
  id: string,
  name: string,
  index: int,
  status: string,
  physical_id: optional(string),
  healthy: bool,
  created_at: time,
  role: string,
  tainted: bool,
  protected: bool,
  standby: bool,
  maintenance: bool,
  orphan: bool,
  data: mapOf(any),
  profile_id: string,
  profile_created_at: time,
} as const;
