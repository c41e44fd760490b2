/**
 * What a cluster's status says while an action works on it: Senlin's word for built-in ones, OPERATING for programs' own.
 * `null` leaves it: actions on one node, on members and on policies. (senlin: engine/actions/cluster_action.py)
 */
export function statusDuring(action: string): string | null {
  if (action.startsWith("NODE_") || quiet.has(action)) return null;
  return statuses[action] ?? "OPERATING";
}

/** Whether a cluster's status is worked out anew when the action has ended: not when it was only about policies or people. */
export function isEvaluated(action: string): boolean {
  return !/^CLUSTER_((ATTACH|DETACH|UPDATE)_POLICY|MAINTAIN|OVERRIDE)$/.test(action);
}

const quiet: ReadonlySet<string> = new Set([
  "CLUSTER_ADD_NODES",
  "CLUSTER_DEL_NODES",
  "CLUSTER_REPLACE_NODES",
  "CLUSTER_ATTACH_POLICY",
  "CLUSTER_DETACH_POLICY",
  "CLUSTER_UPDATE_POLICY",
  "CLUSTER_MAINTAIN",
  "CLUSTER_OVERRIDE",
]);

const statuses: Readonly<Record<string, string>> = {
  CLUSTER_CREATE: "CREATING",
  CLUSTER_RESIZE: "RESIZING",
  CLUSTER_SCALE_OUT: "RESIZING",
  CLUSTER_SCALE_IN: "RESIZING",
  CLUSTER_DELETE: "DELETING",
  CLUSTER_UPDATE: "UPDATING",
  CLUSTER_SCALE_VERTICALLY: "RESIZING",
  CLUSTER_CHECK: "CHECKING",
  CLUSTER_RECOVER: "RECOVERING",
  CLUSTER_BLUE_GREEN: "UPDATING",
  CLUSTER_REPLACE_OLD: "UPDATING",
  CLUSTER_SUSPEND: "SUSPENDING",
  CLUSTER_RESUME: "RESUMING",
};

/** Whether an action sets a larger size before it makes the nodes. */
export function growsSize(action: string): boolean {
  return action === "CLUSTER_RESIZE" || action === "CLUSTER_SCALE_OUT";
}
