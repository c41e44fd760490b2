import {
  DriverError,
  type FunctionCall,
  type Json,
  type NodeCall,
  type ProfileDriver,
} from "../sdk/driver.ts";
import type { Host } from "../sdk/host.ts";
import { withFaults } from "./faults.ts";
import { idOf } from "./ids.ts";
import { notFound, recordsOf } from "./records.ts";
import { type Resource, resourceDriver, wrongStatus } from "./resource.ts";

type Values = Readonly<Record<string, Json>>;

/** The profile type's properties, as the manifest has them. */
export interface StackProperties {
  readonly context: Values;
  readonly template: Values;
  readonly template_url: string;
  readonly parameters: Values;
  readonly files: Values;
  /** Minutes. */
  readonly timeout?: number;
  readonly disable_rollback: boolean;
  readonly environment: Values;
}

interface Stack extends Resource, Omit<StackProperties, "context"> {
  readonly tags: readonly string[];
}

export const stacks = recordsOf<Stack>("stack");
type Call = NodeCall<StackProperties> & { readonly arguments: Record<string, Json> };

const standard = resourceDriver<StackProperties, Stack>({
  records: stacks,
  building: "CREATE_IN_PROGRESS",
  ready: "CREATE_COMPLETE",
  async make(_, { key, node, properties }) {
    const { context: _context, ...rest } = properties;
    if (Object.keys(rest.template).length === 0 && rest.template_url === "")
      throw new DriverError(`${node.name} has neither template nor template_url`, {
        code: "template-not-found",
        retryable: false,
      });
    const now = Date.now();
    return {
      ...rest,
      name: `${node.name}-${(await idOf(key)).slice(0, 8)}`,
      node: node.name,
      status: "CREATE_COMPLETE",
      tags: tagsOf(node.id, node.clusterId, node.index),
      createdAt: now,
      updatedAt: now,
    };
  },
  waits: () => 0,
  isHealthy: (status) => status.endsWith("_COMPLETE") && status !== "DELETE_COMPLETE",
  update(before, { node, changes }) {
    if (before.status.endsWith("_IN_PROGRESS"))
      throw wrongStatus({
        what: node.name,
        is: before.status,
        operation: "update",
        needs: ["a stack at rest"],
      });
    return { ...changes, status: "UPDATE_COMPLETE" };
  },
});

/** Heat's stacks, as records. */
export const stack: ProfileDriver<StackProperties> = {
  ...standard,
  operations: {
    // what the stack made would live on; nothing was made here
    abandon: (host, call) => withFaults(host, "abandon", call, () => stacks.remove(host, physicalIdOf(call))),
    details: (host, call) =>
      withFaults(host, "details", call, async () => {
        const id = physicalIdOf(call);
        const found = await stacks.read(host, id);
        if (found === null) throw notFound("stack", id);
        return stackDetails(id, found);
      }),
    join: (host, call) =>
      change(host, "join", call, () => {
        const { cluster_id, index } = call.arguments;
        return { tags: tagsOf(call.node.id, String(cluster_id), Number(index)) };
      }),
    leave: (host, call) => change(host, "leave", call, () => ({ tags: tagsOf(call.node.id) })),
    adopt: (host, call) => {
      const { id, name } = call.node;
      const physicalId = String(call.arguments["physical_id"]);
      return change(host, "adopt", { ...call, physicalId }, () => ({ node: name, tags: tagsOf(id) }));
    },
  },
};

/** `openstack_test.preview_stack(physical_id: "…")`: the properties that a profile of this stack would have. */
export async function previewStack(host: Host, call: FunctionCall): Promise<Json> {
  const id = String(call.arguments["physical_id"]);
  const found = await stacks.read(host, id);
  if (found === null) throw notFound("stack", id);
  const { environment, files, template, parameters, timeout, disable_rollback } = found;
  return {
    environment,
    files,
    template,
    parameters: Object.fromEntries(Object.entries(parameters).filter(([name]) => !name.startsWith("OS::"))),
    ...(timeout === undefined ? {} : { timeout }),
    disable_rollback,
  };
}

function stackDetails(id: string, found: Stack): Json {
  return {
    id,
    name: found.name,
    stack_name: found.name,
    stack_status: found.status,
    stack_status_reason: `Stack ${found.status.replace("_", " ").toLowerCase()}`,
    status: found.status,
    description: typeof found.template["description"] === "string" ? found.template["description"] : "",
    parameters: found.parameters,
    outputs: [],
    tags: [...found.tags],
    timeout_mins: found.timeout ?? null,
    disable_rollback: found.disable_rollback,
    creation_time: new Date(found.createdAt).toISOString(),
    updated_time: found.updatedAt === found.createdAt ? null : new Date(found.updatedAt).toISOString(),
  };
}

function tagsOf(node: string, cluster?: string, index?: number): string[] {
  const member = cluster === undefined ? [] : [`cluster_id=${cluster}`, `cluster_node_index=${index}`];
  return [`cluster_node_id=${node}`, ...member];
}

function change(
  host: Host,
  operation: string,
  call: Call,
  by: (before: Stack) => Partial<Stack>,
): Promise<void> {
  return withFaults(host, operation, call, async () => {
    await stacks.change(host, physicalIdOf(call), (before) => ({ ...by(before), updatedAt: Date.now() }));
  });
}

function physicalIdOf(call: Call): string {
  if (call.physicalId !== null) return call.physicalId;
  throw new DriverError(`${call.node.name} has no stack yet`, { code: "stack-not-found", retryable: false });
}
