import type {
  Manifest,
  OperationSchema,
  ProfileTypeSchema,
  PropertySchemas,
  SpecSchema,
} from "../../plugins/sdk/manifest.ts";

/** A profile type or policy type as Senlin's API knows it: what it is called, and what its specs may say. */
export interface SpecType extends SpecSchema {
  readonly properties: PropertySchemas;
  /** Those that `operations` names, with their arguments. */
  readonly operationSchemas?: Readonly<Record<string, OperationSchema>>;
}

/** `null` for a profile type that only programs use. */
export function specTypeOf(profile: ProfileTypeSchema): SpecType | null {
  const { spec, properties, operations } = profile;
  return spec === undefined ? null : { ...spec, properties, operationSchemas: operations };
}

/** The name that the API's paths and lists have: `os.nova.server-1.0`. */
export function specName(type: string, version: string): string {
  return `${type}-${version}`;
}

/** One profile type of a plugin. */
export interface ProvidedType {
  /** The plugin's hash. */
  readonly hash: string;
  /** The plugin's name. */
  readonly plugin: string;
  /** The profile type's own name in that plugin: `server`. */
  readonly profile: string;
  readonly type: SpecType;
}

/**
 * Which plugin provides which public name. Of several, the one that `choices` names (a plugin's name by public name)
 * wins, else the one that was offered last. `offered` is in the order in which they were offered.
 */
export function provideTypes(
  offered: readonly { readonly hash: string; readonly manifest: Manifest }[],
  choices: Readonly<Record<string, string>> = {},
): ReadonlyMap<string, ProvidedType> {
  const provided = new Map<string, ProvidedType>();
  for (const { hash, manifest } of offered) {
    for (const [profile, schema] of Object.entries(manifest.profiles)) {
      const type = specTypeOf(schema);
      for (const version of type?.versions ?? []) {
        const name = specName(type!.type, version); // there are versions, so there is a type
        const chosen = Object.hasOwn(choices, name) ? choices[name] : undefined;
        const kept = provided.get(name);
        if (kept !== undefined && kept.plugin === chosen && manifest.name !== chosen) continue;
        provided.set(name, { hash, plugin: manifest.name, profile, type: type! });
      }
    }
  }
  return provided;
}
