import type { Value } from "../plan.ts";
import type { PluginSchema, ProfileTypeSchema } from "../plugin-schema.ts";
import type { Span } from "../spans.ts";
import type { Type } from "../types.ts";
import type { Place } from "./semantics.ts";

/** What a file sees by name. A failed declaration is there too, so that its uses aren't reported again. */
export interface Symbols {
  readonly plugins: Map<string, PluginSymbol>;
  readonly enums: Map<string, EnumSymbol>;
  readonly records: Map<string, RecordSymbol>;
  readonly params: Map<string, ParamSymbol>;
  readonly secrets: Map<string, SecretSymbol>;
  readonly profiles: Map<string, ProfileSymbol>;
  readonly clusters: Map<string, ClusterSymbol>;
  readonly policies: Map<string, PolicySymbol>;
  readonly actions: Map<string, ActionSymbol>;
  readonly triggers: Map<string, TriggerSymbol>;
}

/** A declaration's name, and what its doc comment says of its future. */
export interface DeclaredSymbol extends Place {
  readonly deprecated: Deprecated | null;
}

export interface PluginSymbol extends DeclaredSymbol {
  /** `null`: it could not be read, which has been reported. */
  readonly schema: PluginSchema | null;
}

export interface EnumSymbol extends DeclaredSymbol {
  readonly type: Type & { readonly kind: "Enum" };
  /** Where each member is declared. */
  readonly members: ReadonlyMap<string, Span>;
  used: boolean;
}

export interface RecordSymbol extends DeclaredSymbol {
  type: Type;
  readonly fields: ReadonlyMap<string, Span>;
  used: boolean;
}

export interface ParamSymbol extends DeclaredSymbol {
  readonly type: Type;
  /** `undefined`: unknown because of a mistake that has been reported. */
  readonly value: Value | undefined;
  used: boolean;
}

export interface SecretSymbol extends Place {
  used: boolean;
}

/** `profile` is `docker.container`, `null` when it could not be resolved. */
export interface ProfileSymbol extends DeclaredSymbol {
  readonly profile: string | null;
  used: boolean;
}

export interface ClusterSymbol extends Place {
  readonly profile: string | null;
}

export interface ParameterSymbol {
  readonly name: string;
  /** `null` for those of a built-in action. */
  readonly span: Span | null;
  readonly type: Type;
  readonly required: boolean;
  readonly bounds: Bounds | null;
}

/** `1..100`, in the type's own unit. */
export interface Bounds {
  readonly minimum: number;
  readonly maximum: number;
}

export interface PolicySymbol extends DeclaredSymbol {
  readonly parameters: readonly ParameterSymbol[];
  /** For a binding: those that are written. */
  readonly defaults: Readonly<Record<string, Value>>;
  /** Whether it has a `deny`. */
  readonly denies: boolean;
  /** Properties that its `place` sets. */
  readonly places: readonly string[];
}

export interface ActionSymbol {
  /** `null` for a built-in one. */
  readonly place: Place | null;
  readonly builtin: boolean;
  readonly parameters: readonly ParameterSymbol[];
  /** `null`: gives nothing. */
  readonly result: Type | null;
  readonly deprecated: Deprecated | null;
}

/** What starts by itself; only a test runs it by name. */
export interface TriggerSymbol extends Place {
  /** What a listener's body knows of its event. */
  readonly parameter: { readonly name: string; readonly type: Type } | null;
}

/** What to use instead, if anything, and why. */
export interface Deprecated {
  readonly use: string | null;
  readonly why: string;
}

/** Empty tables. */
export function createSymbols(): Symbols {
  return {
    plugins: new Map(),
    enums: new Map(),
    records: new Map(),
    params: new Map(),
    secrets: new Map(),
    profiles: new Map(),
    clusters: new Map(),
    policies: new Map(),
    actions: new Map(),
    triggers: new Map(),
  };
}

/** Makes visible what another file sees. */
export function addSymbols(into: Symbols, from: Symbols): void {
  for (const kind of Object.keys(into) as (keyof Symbols)[]) {
    const table: Map<string, unknown> = into[kind];
    for (const [name, symbol] of from[kind]) table.set(name, symbol);
  }
}

/** Notes that something names it; a name that isn't declared, or `undefined`, is none. */
export function markUsed(symbols: ReadonlyMap<string, { used: boolean }>, name: string | undefined): void {
  const symbol = name === undefined ? undefined : symbols.get(name);
  if (symbol !== undefined) symbol.used = true;
}

/** The schema behind `docker.container`; `undefined` when its plugin or type is not known. */
export function profileTypeOf(symbols: Symbols, profile: string): ProfileTypeSchema | undefined {
  const dot = profile.indexOf(".");
  const schema = symbols.plugins.get(profile.slice(0, dot))?.schema;
  return own(schema?.profiles, profile.slice(dot + 1));
}

/** A record's own entry: names that authors write must not reach `constructor` and its like. */
export function own<T>(record: Readonly<Record<string, T>> | undefined | null, name: string): T | undefined {
  return record !== undefined && record !== null && Object.hasOwn(record, name) ? record[name] : undefined;
}
