import type { PropertySchemas } from "../../grammar/plugin-schema.ts";
import type { NodeWithProfile } from "../store/load-nodes-to-plan.ts";
import { attributeChanges, type ProfileSpec, sameJson } from "./profile-spec.ts";

/** What an action is going to do with some of a cluster's nodes. */
export interface NodeFate {
  readonly how: "create" | "update" | "replace" | "delete" | "recover";
  readonly count: number;
  /** The first hundred, where it is known which ones. */
  readonly names: readonly string[];
}

/**
 * What `converge` does with each node of a cluster whose profile becomes `wanted`: updated in place, or made anew where
 * a property that differs can't be changed on a living node, or where there is no resource. As `engine/worker` does it.
 */
export function convergeFates(
  nodes: readonly NodeWithProfile[],
  wanted: ProfileSpec,
  schema: PropertySchemas | null,
): NodeFate[] {
  const names: Record<"update" | "replace", string[]> = { update: [], replace: [] };
  for (const node of nodes) {
    const now = { ...node.properties, ...node.changes };
    const all = { ...wanted.properties, ...node.placed };
    const differing = Object.keys(all).filter((name) => !sameJson(now[name] ?? null, all[name] ?? null));
    if (differing.length === 0 && node.physical_id !== null) continue;
    const inPlace =
      node.physical_id !== null && differing.every((name) => schema?.[name]?.updatable === true);
    names[inPlace ? "update" : "replace"].push(node.name);
  }
  return (["update", "replace"] as const)
    .filter((how) => names[how].length > 0)
    .map((how) => ({ how, count: names[how].length, names: names[how].slice(0, 100) }));
}

/** The properties in which two profiles differ, that can't be changed on a living node. */
export function replacingProperties(
  from: ProfileSpec,
  to: ProfileSpec,
  schema: PropertySchemas | null,
): string[] {
  return attributeChanges(from.properties, to.properties)
    .filter(({ name }) => Object.hasOwn(to.properties, name) && schema?.[name]?.updatable !== true)
    .map(({ name }) => name);
}
