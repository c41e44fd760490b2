import type { NodeCall } from "../sdk/driver.ts";

/** Labels by which a container is found again; the engine's users see them too. */
export const keyLabel = "coppice.key";
export const nodeLabel = "coppice.node";

/** The labels of a container that this call makes. */
export function ownLabels(call: NodeCall<unknown>): Record<string, string> {
  return {
    [keyLabel]: call.key,
    [nodeLabel]: call.node.id,
    "coppice.cluster": call.node.cluster,
    "coppice.name": call.node.name,
  };
}

/**
 * The container's name: from the key, so that the engine itself refuses a second one, and with the node's name in
 * front for people. Docker takes [a-zA-Z0-9][a-zA-Z0-9_.-]*.
 */
export function containerName(call: NodeCall<unknown>): string {
  const node = call.node.name.replace(/[^A-Za-z0-9_.-]/g, "-").replace(/^[^A-Za-z0-9]+/, "");
  return `${node === "" ? "node" : node}.${call.key}`.slice(0, 200);
}

/** A host name of at most 63 of [a-z0-9-]. */
export function hostName(call: NodeCall<unknown>): string {
  const name = call.node.name
    .toLowerCase()
    .replace(/[^a-z0-9-]/g, "-")
    .replace(/^-+|-+$/g, "")
    .slice(0, 63);
  return name === "" ? "node" : name;
}
