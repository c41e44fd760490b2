import { suggest } from "../../diagnostics/suggest.ts";
import type { FieldNode, ReferenceNode } from "../../syntax.ts";
import { type Type, typeName } from "../../types.ts";
import type { Checker } from "../checker.ts";
import { distinctFields } from "../expressions/records.ts";
import type { ActionSymbol } from "../symbols.ts";
import { isAssignable } from "../types/assignable.ts";

/** `actions: { scale_in: drain }`: which actions of the program stand in for built-in ones of this cluster. */
export function checkOverrides(
  c: Checker,
  field: FieldNode | undefined,
  profile: string,
): Readonly<Record<string, string>> {
  if (field === undefined || field.value.kind === "Missing") return {};
  if (field.value.kind !== "Record" || field.value.name !== null) {
    const help = "write which action stands in for which: `actions: { scale_in: drain }`";
    c.report("misplaced-value", field.value.span, { what: "this value", help });
    return {};
  }
  const entries = distinctFields(c, field.value.fields).flatMap((entry) => {
    const builtin = builtinNamed(c, entry);
    if (entry.value.kind === "Missing") return [];
    if (entry.value.kind !== "Reference") {
      const help = "write the name of an action of the program";
      c.report("misplaced-value", entry.value.span, { what: "this value", help });
      return [];
    }
    const by = ownActionNamed(c, entry.value);
    if (builtin === undefined || by === undefined) return [];
    const problem = mismatch(builtin.symbol, by, profileTypeOf(c, profile));
    if (problem !== null) {
      c.report("override-mismatch", entry.value.span, {
        name: entry.value.name,
        builtin: builtin.name,
        problem,
        signature: signatureOf(builtin.symbol),
      });
      return [];
    }
    c.overrides.push({ builtin: builtin.name, by: entry.value.name, span: entry.value.span });
    return [[builtin.name, entry.value.name] as const];
  });
  return Object.fromEntries(entries);
}

function builtinNamed(c: Checker, { name }: FieldNode) {
  const full = `CLUSTER_${name.text.toUpperCase()}`;
  const symbol = name.text === name.text.toLowerCase() ? c.symbols.actions.get(full) : undefined;
  if (symbol?.builtin === true) return { name: full, symbol };
  const names = [...c.symbols.actions].flatMap(([each, { builtin }]) =>
    builtin && each.startsWith("CLUSTER_") ? [each.slice("CLUSTER_".length).toLowerCase()] : [],
  );
  reportUnknown(c, name, suggest(name.text, names));
  return undefined;
}

function ownActionNamed(c: Checker, { name, span }: ReferenceNode): ActionSymbol | undefined {
  const symbol = c.symbols.actions.get(name);
  if (symbol !== undefined && !symbol.builtin) {
    c.refer(span, "action", symbol.place ?? { builtin: name });
    return symbol;
  }
  const own = [...c.symbols.actions].flatMap(([each, { builtin }]) => (builtin ? [] : [each]));
  reportUnknown(c, { text: name, span }, suggest(name, own));
  return undefined;
}

function reportUnknown(
  c: Checker,
  name: Pick<FieldNode["name"], "text" | "span">,
  near: string | undefined,
): void {
  if (name.text === "") return;
  const help = near === undefined ? undefined : `did you mean "${near}"?`;
  c.reportNear(near, "unknown-action", name.span, { name: name.text, help });
}

/** Why an action can't stand in for another: it is called with the same arguments and gives what that one gives. */
function mismatch(builtin: ActionSymbol, by: ActionSymbol, profileType: string | null): string | null {
  const [first, ...others] = by.parameters;
  const cluster: Type = { kind: "Cluster", profile: profileType };
  if (first === undefined || !isAssignable(cluster, first.type))
    return "its first parameter is not the cluster";
  const wanted = builtin.parameters.slice(1);
  for (const { name, type, required } of others) {
    const same = wanted.find((parameter) => parameter.name === name);
    if (same === undefined && required) return `it needs ${name}, which that one isn't given`;
    if (same === undefined) continue;
    if (required && !same.required) return `it needs ${name}, which may be left out there`;
    if (!isAssignable(same.type, type))
      return `its ${name} is a ${typeName(type)}, not a ${typeName(same.type)}`;
  }
  const missing = wanted.find(({ name }) => !others.some((other) => other.name === name));
  if (missing !== undefined) return `it lacks ${missing.name}: ${typeName(missing.type)}`;
  if (builtin.result === null) return null;
  if (by.result === null || !isAssignable(by.result, builtin.result))
    return `it doesn't give a ${typeName(builtin.result)}`;
  return null;
}

function signatureOf({ parameters, result }: ActionSymbol): string {
  const shown = parameters.map(({ name, type }) => `${name}: ${typeName(type)}`).join(", ");
  return `(${shown})${result === null ? "" : ` -> ${typeName(result)}`}`;
}

function profileTypeOf(c: Checker, profile: string): string | null {
  return c.symbols.profiles.get(profile)?.profile ?? null;
}
