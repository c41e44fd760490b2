import type { Plan } from "../../plan.ts";
import type { CheckedFile } from "../program.ts";
import { linkActions } from "./call-links.ts";
import { linkPlugins } from "./plugin-links.ts";
import { providedPolicies } from "./policy-links.ts";
import { linkSecrets } from "./secret-links.ts";

/** What checked files add to a plan. */
export type LinkedProgram = Pick<
  Plan,
  "plugins" | "profiles" | "clusters" | "policies" | "actions" | "secrets" | "triggers"
>;

/** Makes one program of its files, the imported ones first; names are distinct already. */
export function linkProgram(files: readonly CheckedFile[]): LinkedProgram {
  const all = <T>(of: (file: CheckedFile) => ReadonlyMap<string, T>): Readonly<Record<string, T>> =>
    Object.fromEntries(files.flatMap((file) => [...of(file)]));
  const plugins = linkPlugins(files);
  const actions = linkActions(files);
  refuseFarOverrides(files, actions);
  const declared = all((file) => new Map([...file.policies].map(([name, { plan }]) => [name, plan])));
  return {
    plugins,
    profiles: all((file) => file.profiles),
    clusters: all((file) => file.clusters),
    policies: { ...declared, ...providedPolicies(files, plugins) },
    actions,
    secrets: linkSecrets(files, plugins),
    triggers: all((file) => file.triggers),
  };
}

/** What holds a cluster for a built-in action holds no other: one that stands in works on that cluster alone. */
function refuseFarOverrides(files: readonly CheckedFile[], actions: LinkedProgram["actions"]): void {
  for (const { c } of files) {
    for (const { builtin, by, span } of c.overrides) {
      const { clusterNames: names = [], parameters = [], clusterParameters = [] } = actions[by] ?? {};
      const [other] = names;
      if (other === undefined && clusterParameters.length <= 1) continue;
      const problem = `it works on ${other === undefined ? "several clusters" : `cluster "${other}"`}, not only on the one that it is given`;
      const signature = `(${parameters[0]?.name ?? "cluster"}: Cluster, …)`;
      c.report("override-mismatch", span, { name: by, builtin, problem, signature });
    }
  }
}
