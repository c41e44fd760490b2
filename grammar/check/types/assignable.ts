import { type Type, typeName } from "../../types.ts";

/** Whether a value of type `from` may stand where `to` is wanted. */
export function isAssignable(from: Type, to: Type): boolean {
  if (from.kind === "Unknown" || to.kind === "Unknown" || from.kind === "Never") return true;
  if (to.kind === "Any") return isData(from);
  if (to.kind === "Key") return isSortable(from);
  if (to.kind === "Optional") {
    return from.kind === "None" || isAssignable(from.kind === "Optional" ? from.of : from, to.of);
  }
  switch (from.kind) {
    case "List":
      return to.kind === "List" && isAssignable(from.of, to.of);
    case "Map":
      return to.kind === "Map" && isAssignable(from.of, to.of);
    case "Cluster":
    case "Node":
      return to.kind === from.kind && (to.profile === null || to.profile === from.profile);
    case "Record":
      return to.kind === "Record" && isAssignableRecord(from, to);
    case "Function":
      return false;
    case "Enum":
      return to.kind === "Enum" && to.name === from.name;
    case "Variable":
      return to.kind === "Variable" && to.name === from.name;
    default:
      return from.kind === to.kind;
  }
}

function isAssignableRecord(from: Type & { kind: "Record" }, to: Type & { kind: "Record" }): boolean {
  if (from.name !== null && to.name !== null) return from.name === to.name;
  const names = Object.keys(to.fields);
  return (
    names.every((name) => {
      const wanted = to.fields[name];
      const found = from.fields[name];
      if (wanted === undefined) return false;
      return found === undefined ? wanted.kind === "Optional" : isAssignable(found, wanted);
    }) && Object.keys(from.fields).every((name) => Object.hasOwn(to.fields, name))
  );
}

/** The smallest type that both fit, `undefined` if there is none: of list items and of branches. */
export function joinTypes(a: Type, b: Type): Type | undefined {
  if (isAssignable(a, b)) return a.kind === "Unknown" ? a : b;
  if (isAssignable(b, a)) return a;
  if (isNumber(a) && isNumber(b)) return { kind: "Float" };
  if (a.kind === "None") return { kind: "Optional", of: b };
  if (b.kind === "None") return { kind: "Optional", of: a };
  if (a.kind === "Optional" || b.kind === "Optional") {
    const of = joinTypes(a.kind === "Optional" ? a.of : a, b.kind === "Optional" ? b.of : b);
    return of === undefined ? undefined : { kind: "Optional", of };
  }
  if ((a.kind === "Node" || a.kind === "Cluster") && a.kind === b.kind)
    return { kind: a.kind, profile: null };
  return undefined;
}

/** Int or Float. */
export function isNumber(type: Type): boolean {
  return type.kind === "Int" || type.kind === "Float";
}

/** What sorting and `<` can order. */
export function isSortable(type: Type): boolean {
  switch (type.kind) {
    case "Bool":
    case "Int":
    case "Float":
    case "String":
    case "Duration":
    case "Size":
    case "Percent":
    case "Time":
    case "None":
    case "Never":
    case "Unknown":
    case "Key":
      return true;
    case "Optional":
    case "List":
      return isSortable(type.of);
    default:
      return false;
  }
}

/** Plain data, which may travel as JSON: no cluster, node or function in it. */
export function isData(type: Type): boolean {
  switch (type.kind) {
    case "List":
    case "Map":
    case "Optional":
      return isData(type.of);
    case "Record":
      return Object.values(type.fields).every(isData);
    case "Secret":
    case "Cluster":
    case "Node":
    case "Function":
    case "Variable":
      return false;
    default:
      return true;
  }
}

/** How to mend a value of the wrong type, where there is one obvious way. */
export function conversionHelp(from: Type, to: Type): string | undefined {
  if (from.kind === "Optional" && isAssignable(from.of, to))
    return "say what holds when it is none: write `?? …` behind it";
  if (from.kind === "Any") return "convert it first: `.as_string()`, `.as_int()`, `.as_bool()`, `.as_list()`";
  if (from.kind === "Int" && to.kind === "Float") return "write `.to_float()` behind it";
  if (from.kind === "Float" && to.kind === "Int")
    return "write `.round()`, `.floor()` or `.ceil()` behind it";
  if (to.kind === "String" && isData(from)) return 'write it into a text: "{…}"';
  if (to.kind === "Bool") return "compare it: `== …`; only Bool values are conditions";
  if (to.kind === "Duration" && isNumber(from)) return "write the unit: `30s`, `5m`, `250ms`";
  if (to.kind === "Size" && isNumber(from)) return "write the unit: `256MiB`, `1GiB`";
  if (to.kind === "Percent" && isNumber(from)) return "write the sign: `80%`";
  if (to.kind === "List" && to.of.kind !== "Unknown" && isAssignable(from, to.of))
    return "write it in brackets: `[…]`";
  if ((to.kind === "Node" || to.kind === "Cluster") && from.kind === to.kind) {
    return `say which profile it has: ${typeName(to)}`;
  }
  return undefined;
}
