import { libraryFunctions } from "../../grammar/library/functions.ts";
import type { PropertySchemas } from "../../grammar/plugin-schema.ts";
import type { ApplyNode, FieldNode } from "../../grammar/syntax.ts";
import { type Analysis, declarationsOf } from "./analysis.ts";
import { declaredSignature, functionSignature, operationSignature, type Signature } from "./signatures.ts";
import type { Placed } from "./syntax-walk.ts";

/** What a call means, as people read it, with the schemas of its arguments where a plugin takes them. */
export type CalledSignature = Signature & { readonly properties?: PropertySchemas };

/** The signature of what is called; `undefined` where nothing of that name is there. `path` leads to the call. */
export function calledSignature(
  analysis: Analysis,
  call: ApplyNode,
  path: readonly Placed[],
): CalledSignature | undefined {
  const { callee } = call;
  if (callee.kind === "Reference") {
    return inPolicies(path)
      ? policyNamed(analysis, callee.name)
      : (actionNamed(analysis, callee.name, false) ?? functionNamed(callee.name));
  }
  if (callee.kind !== "Member") return undefined;
  const name = callee.name.text;
  const type = analysis.facts.typeAt(callee.of.span);
  if (callee.of.kind === "Reference" && (type === undefined || type.kind === "Unknown")) {
    const schema = analysis.schemas.get(callee.of.name)?.functions[name];
    if (schema !== undefined)
      return ofOperation(name, schema.arguments ?? {}, operationSignature(name, schema));
  }
  if (type === undefined) return undefined;
  if (type.kind === "Cluster" || type.kind === "Node") {
    const properties = type.profile === null ? undefined : profileOf(analysis, type.profile);
    const operation = properties?.operations[name];
    if (type.kind === "Node" && operation !== undefined) {
      const accepted = operation.arguments ?? (name === "update" ? properties?.properties : undefined) ?? {};
      return ofOperation(name, accepted, operationSignature(name, operation, properties?.properties));
    }
    if (name === "set_profile" && properties !== undefined) {
      const signature = operationSignature("update", {}, properties.properties);
      return ofOperation(name, properties.properties, { ...signature, name });
    }
    const action =
      actionNamed(analysis, `CLUSTER_${name.toUpperCase()}`, true) ?? actionNamed(analysis, name, false);
    if (action !== undefined) return { ...action, name, parameters: action.parameters.slice(1) };
  }
  return functionNamed(`${type.kind}.${name}`);
}

function ofOperation(name: string, properties: PropertySchemas, signature: Signature): CalledSignature {
  return { ...signature, name, properties };
}

function profileOf(analysis: Analysis, profile: string) {
  const [alias = "", type = ""] = profile.split(".");
  return analysis.schemas.get(alias)?.profiles[type];
}

function functionNamed(name: string): Signature | undefined {
  const entry = libraryFunctions.get(name);
  return entry === undefined ? undefined : functionSignature(entry);
}

function actionNamed(analysis: Analysis, name: string, builtin: boolean): Signature | undefined {
  for (const { node, file } of declarationsOf(analysis)) {
    if (node.kind === "Action" && node.name.text === name && (builtin || !file.builtin)) {
      return declaredSignature(node, file);
    }
  }
  return undefined;
}

function policyNamed(analysis: Analysis, name: string): Signature | undefined {
  for (const { node, file } of declarationsOf(analysis)) {
    if (node.kind === "Policy" && node.name.text === name) return declaredSignature(node, file);
  }
  return undefined;
}

/** Whether a place lies in a cluster's list of policies. */
function inPolicies(path: readonly Placed[]): boolean {
  const cluster = path.findIndex((part) => part.kind === "Cluster");
  const field = path[cluster + 1];
  return cluster !== -1 && field?.kind === "Field" && (field as FieldNode).name.text === "policies";
}
