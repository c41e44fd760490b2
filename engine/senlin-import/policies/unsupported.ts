import type { Importer } from "../imported.ts";

/** `senlin.policy.loadbalance`: members of a pool are a plugin's business. senlin: policies/lb_policy.py */
export const importLoadBalance = unsupported(
  "joining and leaving a load balancer is a call of a plugin: write a policy with `after create, resize, scale_out { … }` that calls it",
);

/** `senlin.policy.affinity`: server groups are the cloud's. senlin: policies/affinity_policy.py */
export const importAffinity = unsupported(
  "a server group is made and given to nodes by the plugin: name it in the profile (scheduler_hints: { group: … })",
);

function unsupported(why: string): Importer {
  return ({ spec, report }) => {
    report.dropped(spec.path, spec.properties.line, spec.type, why);
    return { text: "" };
  };
}
