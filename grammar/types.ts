/** Types that have no parts. `Any` is JSON of unknown shape: functions convert it before it can be used. */
export const simpleTypes = [
  "Bool",
  "Int",
  "Float",
  "String",
  "Duration",
  "Size",
  "Percent",
  "Time",
  "Secret",
  "Any",
] as const;
export type SimpleTypeName = (typeof simpleTypes)[number];

/** What the checker knows of a value. */
export type Type =
  | { readonly kind: SimpleTypeName }
  | { readonly kind: "List"; readonly of: Type }
  | { readonly kind: "Map"; readonly of: Type }
  /** `name` is the declared one; `null` for a record that was only written down. */
  | { readonly kind: "Record"; readonly name: string | null; readonly fields: Readonly<Record<string, Type>> }
  /** Declared: a value is its member's name. */
  | { readonly kind: "Enum"; readonly name: string; readonly members: readonly string[] }
  /** `T?` */
  | { readonly kind: "Optional"; readonly of: Type }
  /** `profile` is `docker.container`; `null` is a cluster or node of any profile. */
  | { readonly kind: "Cluster"; readonly profile: string | null }
  | { readonly kind: "Node"; readonly profile: string | null }
  /** Only a library function's argument: a lambda. */
  | { readonly kind: "Function"; readonly parameters: readonly Type[]; readonly result: Type }
  /** Stands for any type in a library function's signature: `T`. */
  | { readonly kind: "Variable"; readonly name: string }
  /** Only in signatures: what sorting can compare; a list literal may mix kinds: `[n.healthy, n.created_at]`. */
  | { readonly kind: "Key" }
  /** Of `none`, and of the items of `[]`: fits wherever a value is missing. */
  | { readonly kind: "None" }
  | { readonly kind: "Never" }
  /** Of what has been reported already: agrees with everything, so that one mistake gives one diagnostic. */
  | { readonly kind: "Unknown" };

export const bool: Type = { kind: "Bool" };
export const int: Type = { kind: "Int" };
export const float: Type = { kind: "Float" };
export const string: Type = { kind: "String" };
export const duration: Type = { kind: "Duration" };
export const size: Type = { kind: "Size" };
export const percent: Type = { kind: "Percent" };
export const time: Type = { kind: "Time" };
/** Only a driver can read it: no operator, function, text or event takes it. */
export const secret: Type = { kind: "Secret" };
export const any: Type = { kind: "Any" };
export const none: Type = { kind: "None" };
export const never: Type = { kind: "Never" };
export const unknown: Type = { kind: "Unknown" };
export const sortKey: Type = { kind: "Key" };

/** `List<of>` */
export function listOf(of: Type): Type {
  return { kind: "List", of };
}

/** `Map<of>`: keys are Strings. */
export function mapOf(of: Type): Type {
  return { kind: "Map", of };
}

/** `of?`; an optional of an optional is the same. */
export function optional(of: Type): Type {
  return of.kind === "Optional" || of.kind === "None" || of.kind === "Unknown" || of.kind === "Any"
    ? of
    : { kind: "Optional", of };
}

/** A lambda from `parameters` to `result`. */
export function lambda(parameters: readonly Type[], result: Type): Type {
  return { kind: "Function", parameters, result };
}

/** A type variable of a signature. */
export function variable(name: string): Type {
  return { kind: "Variable", name };
}

/** The type as people write it: `List<Node<docker.container>>`, `String?`. */
export function typeName(type: Type): string {
  switch (type.kind) {
    case "List":
      return `List<${typeName(type.of)}>`;
    case "Map":
      return `Map<${typeName(type.of)}>`;
    case "Record":
      return (
        type.name ??
        `{ ${Object.entries(type.fields)
          .map(([name, of]) => `${name}: ${typeName(of)}`)
          .join(", ")} }`
      );
    case "Enum":
      return type.name;
    case "Optional":
      return `${typeName(type.of)}?`;
    case "Cluster":
    case "Node":
      return type.profile === null ? type.kind : `${type.kind}<${type.profile}>`;
    case "Function":
      return `${type.parameters.length === 1 ? typeName(type.parameters[0]!) : `(${type.parameters.map(typeName).join(", ")})`} => ${typeName(type.result)}`;
    case "Variable":
      return type.name;
    case "Key":
      return "a sortable value";
    case "None":
      return "none";
    case "Never":
      return "nothing";
    case "Unknown":
      return "…";
    default:
      return type.kind;
  }
}
