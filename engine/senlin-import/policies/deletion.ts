import { heading, type Importer } from "../imported.ts";
import { boolField, intField, mapField, textField } from "../spec-value.ts";
import { lineOfField } from "./line-of-field.ts";

/** `senlin.policy.deletion`: which nodes go first. senlin: policies/deletion_policy.py */
export const importDeletion: Importer = ({ spec, name, report }) => {
  const { path, properties } = spec;
  const at = (property: string) => lineOfField(properties, property);
  const criteria = textField(properties, "criteria", "RANDOM");
  const order = orders[criteria];
  if (order === undefined) {
    report.dropped(
      path,
      at("criteria"),
      "criteria",
      `"${criteria}" is none of ${Object.keys(orders).join(", ")}`,
    );
  } else if (order.note !== null) report.changed(path, at("criteria"), "criteria", order.note);
  const grace = intField(properties, "grace_period", 0);
  if (grace > 0) {
    const message = `nodes are deleted at once, not ${grace} s later; write an action with "wait ${grace}s" before its scale_in`;
    report.dropped(path, at("grace_period"), "grace_period", message);
  }
  if (!boolField(properties, "destroy_after_deletion", true)) {
    const message = "a node that leaves its cluster is always deleted: there are no orphan nodes";
    report.dropped(path, at("destroy_after_deletion"), "destroy_after_deletion", message);
  }
  if (!boolField(properties, "reduce_desired_capacity", true)) {
    const message = "taking nodes away always makes the cluster smaller; cluster.recover() fills it up again";
    report.dropped(path, at("reduce_desired_capacity"), "reduce_desired_capacity", message);
  }
  const hooks = mapField(properties, "hooks");
  if (hooks !== undefined && hooks.fields.length > 0) {
    const message =
      "lifecycle hooks are written as an action: emit or call a plugin, then approve … within, then scale_in";
    report.dropped(path, at("hooks"), "hooks", message);
  }
  const choice = order?.expression ?? orders["OLDEST_FIRST"]?.expression;
  const hook = `before resize, scale_in {\nchoose ${choice}\n}`;
  return { text: `${heading(spec)}policy ${name} {\n${hook}\n}`, binding: name };
};

const oldest = "cluster.nodes.sort(n => [n.healthy, n.created_at])";

/** Senlin always takes sick nodes first; so do these. */
const orders: Readonly<Record<string, { readonly expression: string; readonly note: string | null }>> = {
  OLDEST_FIRST: { expression: oldest, note: null },
  YOUNGEST_FIRST: {
    expression: "cluster.nodes.sort(n => n.created_at).reverse().sort(n => n.healthy)",
    note: null,
  },
  OLDEST_PROFILE_FIRST: {
    expression: oldest,
    note: "the oldest node goes first: a profile's age is not known to programs",
  },
  RANDOM: {
    expression: oldest,
    note: "the oldest node goes first: programs know no chance, so that every run can be explained",
  },
};
