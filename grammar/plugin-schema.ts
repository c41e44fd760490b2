import type { Json } from "./plan.ts";

/**
 * What the checker needs to know of a plugin: the shape of its `plugin.json`, with the hash of the bundle. The engine
 * reads it from disk without running the plugin (see `plugins/sdk/manifest.ts`, which this mirrors structurally).
 */
export interface PluginSchema {
  readonly name: string;
  readonly version: string;
  readonly contract: number;
  readonly tier: "pure" | "sandboxed" | "commands";
  readonly hash: string;
  readonly needs: readonly {
    readonly capability: string;
    readonly target?: string | undefined;
    readonly why: string;
  }[];
  /** What a lock lets programs allow it: `http "host:443"`, or `http` for any target. Without a lock it's left out. */
  readonly granted?: readonly string[] | undefined;
  /** Schema of the plugin's settings (`with { … }`). */
  readonly settings: PropertySchemas;
  readonly profiles: Readonly<Record<string, ProfileTypeSchema>>;
  readonly functions: Readonly<Record<string, FunctionSchema>>;
  /** What the plugin tells of by itself, for `on`; by name, each with the event's fields. */
  readonly events?: Readonly<Record<string, EventSchema>> | undefined;
  /** What clusters list beside the program's own policies. */
  readonly policies?: Readonly<Record<string, PolicyTypeSchema>> | undefined;
  /** Whom `emit … to` may tell. */
  readonly notifiers?: Readonly<Record<string, NotifierSchema>> | undefined;
  /** Who may share locks with others. */
  readonly coordination?: Readonly<Record<string, { readonly doc?: string | undefined }>> | undefined;
  /** Where secrets may come from. */
  readonly secret_stores?: Readonly<Record<string, { readonly doc?: string | undefined }>> | undefined;
}

export interface NotifierSchema {
  readonly doc?: string | undefined;
  readonly arguments?: PropertySchemas | undefined;
}

export interface PolicyTypeSchema {
  readonly doc?: string | undefined;
  readonly arguments?: PropertySchemas | undefined;
  /** Names of actions; before every one when left out. */
  readonly before?: readonly string[] | undefined;
  /** After none when left out. */
  readonly after?: readonly string[] | undefined;
  readonly priority?: number | undefined;
  /** It is told when a cluster begins and ceases to list it, and keeps a record meanwhile. */
  readonly attaches?: boolean | undefined;
}

export interface EventSchema {
  readonly doc?: string | undefined;
  readonly fields: PropertySchemas;
}

export interface ProfileTypeSchema {
  readonly doc?: string | undefined;
  readonly properties: PropertySchemas;
  /** Standard ones (`create`, `delete`, `get`, `find`, `update`) and others, which programs call on a node. */
  readonly operations: Readonly<Record<string, OperationSchema>>;
}

export interface OperationSchema {
  readonly doc?: string | undefined;
  readonly arguments?: PropertySchemas | undefined;
  readonly result?: PropertySchema | undefined;
  readonly deprecated?: Deprecation | undefined;
}

/** What to use instead: a name of the same kind, when there is one; `coppice fix` rewrites it. */
export interface Deprecation {
  readonly use?: string | undefined;
  readonly why: string;
}

export type FunctionSchema = OperationSchema;

export type PropertySchemas = Readonly<Record<string, PropertySchema>>;

/** A small part of JSON Schema, one property each, and what the language adds: the type's name. */
export interface PropertySchema {
  /** `Duration` travels as milliseconds, `Size` as bytes, `Percent` as points; `Any` is any JSON. */
  readonly type:
    | "String"
    | "Int"
    | "Float"
    | "Bool"
    | "Duration"
    | "Size"
    | "Percent"
    | "Secret"
    | "List"
    | "Map"
    | "Record"
    | "Any";
  readonly doc?: string | undefined;
  /** Of a List's items or a Map's values. */
  readonly of?: PropertySchema | undefined;
  /** Of a Record. */
  readonly fields?: PropertySchemas | undefined;
  readonly required?: boolean | undefined;
  readonly default?: Json | undefined;
  readonly minimum?: number | undefined;
  readonly maximum?: number | undefined;
  /** Allowed values of a String. */
  readonly values?: readonly string[] | undefined;
  /** A regular expression that the whole String matches. */
  readonly pattern?: string | undefined;
  /** Only for profile properties: `update` can change it on a living node. */
  readonly updatable?: boolean | undefined;
  /** Of an updatable one: it is how much a node has, which vertical scaling changes. */
  readonly vertical?: boolean | undefined;
  readonly deprecated?: Deprecation | undefined;
}
