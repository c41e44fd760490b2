import type { Json } from "../../grammar/plan.ts";
import type { ListedKind } from "./list-rows.ts";

/** A policy that is attached to a cluster, as users see it. */
export interface BindingRow {
  readonly id: string;
  readonly cluster_id: string;
  readonly cluster_name: string;
  readonly policy_id: string;
  readonly policy_name: string;
  readonly policy_type: string;
  readonly enabled: boolean;
  readonly priority: number;
  readonly data: Json;
  readonly last_op: Date | null;
}

/** How users list the policies of a cluster; the condition on it comes with the question. */
export const listedBindings: ListedKind = {
  from: "binding b join policy p on p.id = b.policy_id join cluster c on c.id = b.cluster_id",
  alias: "b",
  fields: `b.id, b.cluster_id, c.name as cluster_name, b.policy_id, p.name as policy_name, p.type as policy_type,
    b.enabled, b.priority, b.data, b.last_op`,
  sortKeys: { enabled: "b.enabled", priority: "b.priority" },
  filters: { enabled: "b.enabled", policy_name: "p.name", policy_type: "p.type" },
};
