import type { Value } from "../plan.ts";
import type { PluginSchema, ProfileTypeSchema } from "../plugin-schema.ts";
import type { Span } from "../spans.ts";
import type { Type } from "../types.ts";

/** What the program declares, by name. A failed declaration is there too, so that its uses aren't reported again. */
export interface Symbols {
  readonly plugins: Map<string, PluginSymbol>;
  readonly records: Map<string, RecordSymbol>;
  readonly params: Map<string, ParamSymbol>;
  readonly profiles: Map<string, ProfileSymbol>;
  readonly clusters: Map<string, ClusterSymbol>;
  readonly policies: Map<string, PolicySymbol>;
  readonly actions: Map<string, ActionSymbol>;
}

export interface PluginSymbol {
  readonly span: Span;
  /** `null`: it could not be read, which has been reported. */
  readonly schema: PluginSchema | null;
}

export interface RecordSymbol {
  readonly span: Span;
  type: Type;
  used: boolean;
}

export interface ParamSymbol {
  readonly span: Span;
  readonly type: Type;
  /** `undefined`: unknown because of a mistake that has been reported. */
  readonly value: Value | undefined;
}

/** `profile` is `docker.container`, `null` when it could not be resolved. */
export interface ProfileSymbol {
  readonly span: Span;
  readonly profile: string | null;
  used: boolean;
}

export interface ClusterSymbol {
  readonly span: Span;
  readonly profile: string | null;
}

export interface ParameterSymbol {
  readonly name: string;
  readonly type: Type;
  readonly required: boolean;
}

export interface PolicySymbol {
  readonly span: Span;
  readonly parameters: readonly ParameterSymbol[];
}

export interface ActionSymbol {
  /** `null` for a built-in one. */
  readonly span: Span | null;
  readonly builtin: boolean;
  readonly parameters: readonly ParameterSymbol[];
  /** `null`: gives nothing. */
  readonly result: Type | null;
}

/** Empty tables. */
export function createSymbols(): Symbols {
  return {
    plugins: new Map(),
    records: new Map(),
    params: new Map(),
    profiles: new Map(),
    clusters: new Map(),
    policies: new Map(),
    actions: new Map(),
  };
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
