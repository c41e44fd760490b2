import type { Json } from "./driver.ts";
import type {
  CoordinationSchema,
  NotifierSchema,
  PolicyTypeSchema,
  SecretStoreSchema,
  SourceSchema,
} from "./kinds.ts";

/** The one contract version that this engine speaks. */
export const contractVersion = 1;

/** What a plugin may ask the broker for; each `allow` of a program grants one of these. */
export const capabilities = [
  "http",
  "socket",
  "command",
  "ssh",
  "amqp",
  "keystone",
  "aws",
  "state",
  "reveal",
] as const;
export type Capability = (typeof capabilities)[number];

/** Operations that the contract itself defines; all but `update` must be there. */
export const standardOperations = ["create", "find", "get", "delete", "update"] as const;
export type StandardOperation = (typeof standardOperations)[number];

/** What a profile type can do beyond the standard operations, in words that are the same for every driver. */
export const profileCapabilities = [
  "suspend",
  "resume",
  "resize",
  "rebuild",
  "snapshot",
  "adopt",
  "batch",
  "events",
  "details",
  "membership",
  "forced_delete",
] as const;
export type ProfileCapability = (typeof profileCapabilities)[number];

/** How far the walls are away: `pure` computes only, `sandboxed` reaches what is granted, `commands` runs on the host. */
export const tiers = ["pure", "sandboxed", "commands"] as const;
export type Tier = (typeof tiers)[number];

/**
 * The types of properties. `Duration` travels as milliseconds, `Size` as bytes, `Percent` as points. Of a `Secret` a
 * driver gets a text that stands for it: the host puts the value in where that text is sent.
 */
export const propertyTypes = [
  "String",
  "Int",
  "Float",
  "Bool",
  "Duration",
  "Size",
  "Percent",
  "Secret",
  "List",
  "Map",
  "Record",
  "Any",
] as const;
export type PropertyType = (typeof propertyTypes)[number];

/** `plugin.json`, checked. With a bundle's hash it is what the language's checker reads (`PluginSchema`). */
export interface Manifest {
  readonly name: string;
  /** Three numbers: `1.0.0`. */
  readonly version: string;
  readonly contract: 1;
  /** `sandboxed`; `pure` for one that needs nothing; `commands` for one that runs commands on the host. */
  readonly tier: Tier;
  /** Path of the entry point within the folder: `./index.ts`. */
  readonly entry: string;
  readonly description: string;
  readonly needs: readonly Need[];
  readonly settings: PropertySchemas;
  readonly profiles: Readonly<Record<string, ProfileTypeSchema>>;
  readonly functions: Readonly<Record<string, OperationSchema>>;
  /** What the plugin tells of by itself: programs listen with `on`. */
  readonly events: Readonly<Record<string, EventSchema>>;
  readonly policies?: Readonly<Record<string, PolicyTypeSchema>> | undefined;
  readonly sources?: Readonly<Record<string, SourceSchema>> | undefined;
  readonly notifiers?: Readonly<Record<string, NotifierSchema>> | undefined;
  readonly secret_stores?: Readonly<Record<string, SecretStoreSchema>> | undefined;
  readonly coordination?: Readonly<Record<string, CoordinationSchema>> | undefined;
}

/** One capability that the plugin asks for. Without a target, the program's `allow` lines name the targets. */
export interface Need {
  readonly capability: Capability;
  readonly target?: string | undefined;
  /** Shown to whoever grants it. */
  readonly why: string;
}

export interface ProfileTypeSchema {
  readonly doc?: string | undefined;
  readonly spec?: SpecSchema | undefined;
  readonly properties: PropertySchemas;
  readonly operations: Readonly<Record<string, OperationSchema>>;
  /** Each promises an operation of that name, and for `batch` and `events` the part of the manifest that says more. */
  readonly capabilities?: readonly ProfileCapability[] | undefined;
  /** Standard operations that take many nodes in one call, and how many at most (2 to 250). */
  readonly batch?: Readonly<Partial<Record<StandardOperation, number>>> | undefined;
  readonly health?: HealthSchema | undefined;
  readonly hints?: HintsSchema | undefined;
  /** A function of the same plugin that looks a profile's references up: image, network, key. */
  readonly validate?: string | undefined;
  /** A function of the same plugin that tells the properties of a resource that is there already. */
  readonly adopt_preview?: string | undefined;
}

/** Under which name Senlin's API shows a profile type, and what of it. */
export interface SpecSchema {
  /** What the `type` of a spec says: `os.nova.server`. */
  readonly type: string;
  /** What its `version` may say; each is shown as `os.nova.server-1.0`. */
  readonly versions: readonly string[];
  /** By version, in order of time; versions that exist elsewhere may stand here, too. */
  readonly support_status: Readonly<Record<string, readonly SupportStatus[]>>;
  /** The operations that users of the API may ask for. */
  readonly operations?: readonly string[] | undefined;
  /** Those of them that take any parameters and use none; Senlin shows each as a Map. */
  readonly free_operations?: readonly string[] | undefined;
}

export interface SupportStatus {
  readonly status: "EXPERIMENTAL" | "SUPPORTED" | "DEPRECATED" | "UNSUPPORTED";
  /** Year and month: `2016.04`. */
  readonly since: string;
}

/** What `healthy` means here, and how often it is worth a look, in milliseconds. */
export interface HealthSchema {
  readonly every?: number | undefined;
  readonly doc?: string | undefined;
  /** Ways to look beside `get`: what the argument `kind` of an operation `check_health` may say. */
  readonly kinds?: readonly string[] | undefined;
}

/** Functions of the same plugin that tell what a node costs, and how many more there may be. */
export interface HintsSchema {
  readonly price?: string | undefined;
  readonly quota?: string | undefined;
}

/** The fields that an event carries. */
export interface EventSchema {
  readonly doc?: string | undefined;
  readonly fields: PropertySchemas;
}

/** Warns programs that use something: `use` names what they should write instead, of the same kind. */
export interface Deprecation {
  readonly use?: string | undefined;
  readonly why: string;
}

/** A result that is absent from the schema must be absent from the code's answer. */
export interface OperationSchema {
  readonly doc?: string | undefined;
  readonly arguments?: PropertySchemas | undefined;
  readonly result?: PropertySchema | undefined;
  /** It may answer `accepted`: then the engine asks the code's `poll`. */
  readonly long?: boolean | undefined;
  readonly deprecated?: Deprecation | undefined;
}

export type PropertySchemas = Readonly<Record<string, PropertySchema>>;

export interface PropertySchema {
  readonly type: PropertyType;
  readonly doc?: string | undefined;
  /** Of a List's items or a Map's values. */
  readonly of?: PropertySchema | undefined;
  /** Of a Record. */
  readonly fields?: PropertySchemas | undefined;
  readonly required?: boolean | undefined;
  readonly default?: Json | undefined;
  readonly minimum?: number | undefined;
  readonly maximum?: number | undefined;
  /** What an Int or Float counts, for people: `vCPU`, `MiB/s`. */
  readonly unit?: string | undefined;
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
