import type { Value } from "./plan.ts";

/** The value that stands for a cluster: the world resolves it. */
export function clusterReference(id: string): Value {
  return { $cluster: id };
}

/** The value that stands for a node: the world resolves it. */
export function nodeReference(id: string): Value {
  return { $node: id };
}

/** The handle of a secret: the broker puts the value in its place at the edge. */
export function secretReference(name: string): Value {
  return { $secret: name };
}

/** The name in a secret's handle, `undefined` for any other value. */
export function secretNameOf(value: Value): string | undefined {
  return idOf(value, "$secret");
}

/** The id in a cluster's reference, `undefined` for any other value. */
export function clusterIdOf(value: Value): string | undefined {
  return idOf(value, "$cluster");
}

/** The id in a node's reference, `undefined` for any other value. */
export function nodeIdOf(value: Value): string | undefined {
  return idOf(value, "$node");
}

function idOf(value: Value, key: "$cluster" | "$node" | "$secret"): string | undefined {
  if (value === null || typeof value !== "object" || Array.isArray(value) || !Object.hasOwn(value, key))
    return undefined;
  const id = (value as Readonly<Record<string, unknown>>)[key];
  return typeof id === "string" ? id : undefined;
}
