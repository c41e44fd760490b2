const reason = "an action that fails for its size is told in the cluster's status_reason";
const singleton = "Senlin takes two policies of a type that stands alone when their versions differ";

/** Requests that are answered otherwise than Senlin answered them, each with its reason. One that agrees has to go. */
export const knownDifferences = {
  profiles: {},
  policies: {},
  receivers: {},
  clusters: {},
  nodes: {
    "shows the one too many": "Senlin leaves the node its index, and never wrote why it is in ERROR",
    "shows the full cluster": reason,
  },
  "cluster-actions": {
    "attaches a second one of a type that stands alone": singleton,
    "shows the cluster with its policies": singleton,
    "shows no binding of a policy that is not attached": singleton,
  },
  actions: {
    "shows the cluster while it is created": "a cluster's status_reason doesn't follow its nodes",
  },
  events: {
    "lists the events of a cluster": reason,
    "lists the events of a cluster and its members": reason,
    "filters by action": reason,
    "filters by level": reason,
    "filters by two levels": reason,
    "lists one, after a marker": reason,
    shows: reason,
    "shows by short id": reason,
    "shows to an admin of another project": reason,
  },
} as const satisfies Readonly<Record<string, Readonly<Record<string, string>>>>;
