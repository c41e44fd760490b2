import { DriverError, type Json, type NodeCall, type ProfileDriver } from "../sdk/driver.ts";
import type { Host } from "../sdk/host.ts";
import { withFaults } from "./faults.ts";
import { idOf } from "./ids.ts";
import { recordsOf } from "./records.ts";
import { type Resource, resourceDriver, wrongStatus } from "./resource.ts";
import { requireThere } from "./validate.ts";

/** The profile type's properties, as the manifest has them. */
export interface ContainerProperties {
  readonly context?: Readonly<Record<string, Json>>;
  readonly image: string;
  readonly name?: string;
  readonly command?: string;
  readonly port: number;
  readonly host_node?: string;
  readonly host_cluster?: string;
}

interface Container extends Resource, Omit<ContainerProperties, "context" | "name"> {}

export const containers = recordsOf<Container>("container");
type Call = NodeCall<ContainerProperties> & { readonly arguments: Record<string, Json> };

const standard = resourceDriver<ContainerProperties, Container>({
  records: containers,
  building: "created",
  ready: "running",
  async make(host, { key, node, properties }) {
    requireThere(host, { image: properties.image });
    const { context: _context, name, ...rest } = properties;
    const now = Date.now();
    return {
      ...rest,
      name: name ?? `${node.name}-${(await idOf(key)).slice(0, 8)}`,
      node: node.name,
      status: "running",
      createdAt: now,
      updatedAt: now,
    };
  },
  waits: () => 0,
  isHealthy: (status) => status === "running",
  update: (before, { changes }) => ({ name: changes.name ?? before.name }),
});

/** Docker's containers, as records. On which node one runs is for the engine to say: here it runs on none. */
export const container: ProfileDriver<ContainerProperties> = {
  ...standard,
  operations: {
    restart: (host, call) => turn(host, "restart", call, ["exited", "paused"], "running"),
    pause: (host, call) => turn(host, "pause", call, ["running"], "paused"),
    unpause: (host, call) => turn(host, "unpause", call, ["paused"], "running"),
  },
};

function turn(host: Host, operation: string, call: Call, from: readonly string[], to: string): Promise<void> {
  return withFaults(host, operation, call, async () => {
    if (call.physicalId === null)
      throw new DriverError(`${call.node.name} has no container yet`, {
        code: "container-not-found",
        retryable: false,
      });
    await containers.change(host, call.physicalId, (before) => {
      if (before.status !== to && !from.includes(before.status))
        throw wrongStatus({ what: call.node.name, is: before.status, operation, needs: from });
      return { status: to, updatedAt: Date.now() };
    });
  });
}
