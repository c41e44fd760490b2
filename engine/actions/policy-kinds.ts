/** Senlin's policy types: which stands before which, and which a cluster has only once. (senlin: policies/) */
const kinds: Readonly<Record<string, { readonly priority: number; readonly singleton: boolean }>> = {
  "senlin.policy.scaling": { priority: 100, singleton: false },
  "senlin.policy.batch": { priority: 200, singleton: true },
  "senlin.policy.region_placement": { priority: 200, singleton: true },
  "senlin.policy.affinity": { priority: 300, singleton: true },
  "senlin.policy.zone_placement": { priority: 300, singleton: true },
  "senlin.policy.deletion": { priority: 400, singleton: true },
  "senlin.policy.loadbalance": { priority: 500, singleton: true },
  "senlin.policy.health": { priority: 600, singleton: true },
};

/** Whether a cluster has at most one policy of this type, whatever their versions; `senlin.policy.deletion`. */
export function isSingleton(type: string): boolean {
  return kinds[type]?.singleton === true;
}

/** Lower is asked first; 50 for what isn't Senlin's. */
export function policyPriority(type: string): number {
  return kinds[type]?.priority ?? 50;
}
