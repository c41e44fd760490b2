import type { Plan, PlanPolicy } from "../../plan.ts";
import { pluginPolicy } from "../declarations/plugin-bindings.ts";
import type { CheckedFile } from "../program.ts";
import { own } from "../symbols.ts";

/** The policy types of plugins that clusters list, each under the name of its bindings: `fake.keep`. */
export function providedPolicies(
  files: readonly CheckedFile[],
  plugins: Plan["plugins"],
): Readonly<Record<string, PlanPolicy>> {
  const found = new Map<string, PlanPolicy>();
  for (const { c, clusters } of files) {
    for (const { policies } of clusters.values()) {
      for (const { policy } of policies) {
        const [alias = "", name = ""] = policy.split(".");
        const schema = own(c.symbols.plugins.get(alias)?.schema?.policies, name);
        const plugin = own(plugins, alias);
        if (schema !== undefined && plugin !== undefined && !found.has(policy))
          found.set(policy, pluginPolicy({ alias, name, schema, plugin }));
      }
    }
  }
  return Object.fromEntries(found);
}
