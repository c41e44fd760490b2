import type { Accepted } from "./accepted.ts";
import type {
  AcceptedCallOf,
  BatchOf,
  Created,
  DeleteCall,
  FunctionCall,
  Json,
  NodeCall,
  Observed,
} from "./driver.ts";
import type { Host } from "./host.ts";
import type {
  AttachedPolicyDriver,
  CoordinationDriver,
  NotifierDriver,
  PolicyDriver,
  SecretStoreDriver,
  SourceDriver,
} from "./kind-drivers.ts";

/** A manifest as TypeScript sees it: a constant, or the import of a `plugin.json`. */
export interface ManifestLike {
  readonly entry: string;
  readonly profiles?: Things<ProfileLike>;
  readonly functions?: Things<OperationLike>;
  readonly policies?: Things<{ readonly arguments?: SchemasLike }>;
  readonly sources?: Things<object>;
  readonly notifiers?: Things<{ readonly arguments?: SchemasLike }>;
  readonly secret_stores?: Things<object>;
  readonly coordination?: Things<object>;
}

type Things<T> = Readonly<Record<string, T>>;
type SchemasLike = Things<{ readonly type: string }>;
interface OperationLike {
  readonly arguments?: SchemasLike;
  readonly result?: { readonly type: string };
  readonly long?: boolean;
}
interface ProfileLike {
  readonly properties: SchemasLike;
  readonly operations: Things<OperationLike>;
  readonly batch?: Readonly<Record<string, number>>;
}

/** The value that a property schema describes: `{ type: "List", of: { type: "Int" } }` → `readonly number[]`. */
export type ValueOf<S> = S extends { readonly type: infer T }
  ? string extends T
    ? Json // a widened import: only names are known
    : T extends "String"
      ? S extends { readonly values: readonly (infer V)[] }
        ? V
        : string
      : T extends keyof Plain
        ? Plain[T]
        : T extends "List"
          ? readonly (S extends { readonly of: infer Of } ? ValueOf<Of> : Json)[]
          : T extends "Map"
            ? Readonly<Record<string, S extends { readonly of: infer Of } ? ValueOf<Of> : Json>>
            : T extends "Record"
              ? S extends { readonly fields: infer F }
                ? ValuesOf<F>
                : Record<string, Json>
              : Json
  : never;

interface Plain {
  Int: number;
  Float: number;
  Bool: boolean;
  /** Milliseconds. */
  Duration: number;
  /** Bytes. */
  Size: number;
  /** Points. */
  Percent: number;
  /** A text that stands for it. */
  Secret: string;
}

/** A record of such values: what is required or has a default is there, the rest may be. */
export type ValuesOf<Schemas> = Flat<
  {
    readonly [Name in keyof Schemas as IsThere<Schemas[Name]> extends true ? Name : never]: ValueOf<
      Schemas[Name]
    >;
  } & {
    readonly [Name in keyof Schemas as IsThere<Schemas[Name]> extends true ? never : Name]?: ValueOf<
      Schemas[Name]
    >;
  }
>;

type Flat<T> = { [Name in keyof T]: T[Name] };
type IsThere<S> = S extends { readonly required: true } | { readonly default: unknown } ? true : false;

type ProfilesOf<M> = M extends { readonly profiles: infer P } ? P : never;
type ArgumentsOf<O> = O extends { readonly arguments: infer A } ? ValuesOf<A> : Record<string, never>;

/** `PropertiesOf<typeof manifest, "server">`: what a driver's call holds as `properties`. */
export type PropertiesOf<M, Profile extends keyof ProfilesOf<M>> = ProfilesOf<M>[Profile] extends {
  readonly properties: infer P;
}
  ? ValuesOf<P>
  : never;

/** `CallsOf<typeof manifest, "server">`: the call that its operations are given. */
export type CallsOf<M, Profile extends keyof ProfilesOf<M>> = NodeCall<PropertiesOf<M, Profile>>;

// biome-ignore lint/suspicious/noConfusingVoidType: an async function without return gives a Promise<void>
type Nothing = void;
type Maybe<O> = O extends { readonly long: infer L }
  ? false extends L
    ? true extends L
      ? Accepted
      : never
    : Accepted
  : never;
type ResultOf<O> = O extends { readonly result: infer R } ? ValueOf<R> : Nothing;

type StandardResults = {
  create: Created;
  find: Created | null;
  get: Observed;
  delete: Nothing;
  update: Created | Nothing;
};
type StandardCall<Name, Properties> = Name extends "update"
  ? NodeCall<Properties> & { readonly changes: Partial<Properties> }
  : Name extends "delete"
    ? DeleteCall<Properties>
    : NodeCall<Properties>;
type Standard = keyof StandardResults;

type Further<P extends ProfileLike> = Exclude<keyof P["operations"], Standard>;
type IsLong<Operations> = Operations[keyof Operations] extends infer O
  ? O extends { readonly long: infer L }
    ? true extends L
      ? true
      : never
    : never
  : never;
/** `poll` has to be there when something may be long; after a widened import it may be. */
type Follow<Operations, Call> = [IsLong<Operations>] extends [never]
  ? object
  : {
      poll(host: Host, call: AcceptedCallOf<Call>): Promise<Json | Created | Accepted | Nothing>;
      cancel?(host: Host, call: AcceptedCallOf<Call>): Promise<Nothing>;
    };

type ProfileDriverOf<P extends ProfileLike, Properties = ValuesOf<P["properties"]>> = {
  readonly [Name in Extract<keyof P["operations"], Standard>]: (
    host: Host,
    call: StandardCall<Name, Properties>,
  ) => Promise<StandardResults[Name] | Maybe<P["operations"][Name]>>;
} & Follow<P["operations"], NodeCall<Properties>> &
  ([Further<P>] extends [never]
    ? object
    : {
        readonly operations: {
          readonly [Name in Further<P>]: (
            host: Host,
            call: NodeCall<Properties> & { readonly arguments: ArgumentsOf<P["operations"][Name]> },
          ) => Promise<ResultOf<P["operations"][Name]> | Maybe<P["operations"][Name]>>;
        };
      }) &
  (P extends { readonly batch: infer B }
    ? {
        readonly batch: {
          readonly [Name in Extract<keyof B, Standard>]: (
            host: Host,
            calls: readonly StandardCall<Name, Properties>[],
          ) => Promise<
            BatchOf<
              | (StandardResults[Name] extends infer R ? (R extends Nothing ? null | undefined : R) : never)
              | Maybe<P["operations"][Name]>
            >
          >;
        };
      }
    : object);

type Part<M, Name extends string, T> = M extends { readonly [K in Name]: infer Things }
  ? { readonly [K in Name]: { readonly [Thing in keyof Things]: T } }
  : object;

/** What the code has to export for a manifest. */
export type DriverOf<M> = { readonly contract: 1 } & (M extends { readonly profiles: infer P }
  ? {
      readonly profiles: {
        readonly [T in keyof P]: P[T] extends ProfileLike ? ProfileDriverOf<P[T]> : never;
      };
    }
  : object) &
  (M extends { readonly functions: infer F }
    ? {
        readonly functions: {
          readonly [Name in keyof F]: (
            host: Host,
            call: FunctionCall<ArgumentsOf<F[Name]>>,
          ) => Promise<ResultOf<F[Name]> | Maybe<F[Name]>>;
        };
      } & Follow<F, FunctionCall>
    : object) &
  (M extends { readonly policies: infer P }
    ? {
        readonly policies: {
          readonly [Name in keyof P]: P[Name] extends { readonly attaches: true }
            ? AttachedPolicyDriver<ArgumentsOf<P[Name]>>
            : PolicyDriver<ArgumentsOf<P[Name]>>;
        };
      }
    : object) &
  (M extends { readonly notifiers: infer N }
    ? { readonly notifiers: { readonly [Name in keyof N]: NotifierDriver<ArgumentsOf<N[Name]>> } }
    : object) &
  Part<M, "sources", SourceDriver> &
  Part<M, "secret_stores", SecretStoreDriver> &
  Part<M, "coordination", CoordinationDriver>;
