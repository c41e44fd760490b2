/** What a cluster's status says while an action works on it: Senlin's word for built-in ones, OPERATING for programs' own. */
export function statusDuring(action: string): string {
  return statuses[action] ?? "OPERATING";
}

const statuses: Readonly<Record<string, string>> = {
  CLUSTER_CREATE: "CREATING",
  CLUSTER_RESIZE: "RESIZING",
  CLUSTER_SCALE_OUT: "RESIZING",
  CLUSTER_SCALE_IN: "RESIZING",
  CLUSTER_DELETE: "DELETING",
  CLUSTER_UPDATE: "UPDATING",
  CLUSTER_CHECK: "CHECKING",
  CLUSTER_RECOVER: "RECOVERING",
};
