/** Senlin's actions on clusters (`actions-events.md` §2). */
export const clusterActions = [
  "CLUSTER_CREATE",
  "CLUSTER_DELETE",
  "CLUSTER_UPDATE",
  "CLUSTER_ADD_NODES",
  "CLUSTER_DEL_NODES",
  "CLUSTER_RESIZE",
  "CLUSTER_CHECK",
  "CLUSTER_RECOVER",
  "CLUSTER_REPLACE_NODES",
  "CLUSTER_SCALE_OUT",
  "CLUSTER_SCALE_IN",
  "CLUSTER_ATTACH_POLICY",
  "CLUSTER_DETACH_POLICY",
  "CLUSTER_UPDATE_POLICY",
  "CLUSTER_OPERATION",
] as const;

/** Those that Senlin lacks, by the names that `POST /v1/clusters/{id}/actions` knows them by. */
export const ownClusterActionNames = {
  suspend: "CLUSTER_SUSPEND",
  resume: "CLUSTER_RESUME",
  scale_vertically: "CLUSTER_SCALE_VERTICALLY",
  blue_green: "CLUSTER_BLUE_GREEN",
  replace_old: "CLUSTER_REPLACE_OLD",
  fill_standby: "CLUSTER_FILL_STANDBY",
  override: "CLUSTER_OVERRIDE",
  maintain: "CLUSTER_MAINTAIN",
} as const;

/** `suspend` */
export type OwnClusterActionName = keyof typeof ownClusterActionNames;
