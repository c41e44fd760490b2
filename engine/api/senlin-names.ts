/** Senlin's words that clients may filter by (`actions-events.md` §2, §3, §10, §11). */

export const clusterStatuses = [
  "INIT",
  "ACTIVE",
  "CREATING",
  "UPDATING",
  "RESIZING",
  "DELETING",
  "CHECKING",
  "RECOVERING",
  "CRITICAL",
  "ERROR",
  "WARNING",
  "OPERATING",
] as const;

export const nodeStatuses = [
  "INIT",
  "ACTIVE",
  "ERROR",
  "WARNING",
  "CREATING",
  "UPDATING",
  "DELETING",
  "RECOVERING",
  "OPERATING",
] as const;

/** What clusters and nodes may be in beyond these, from 1.15 on. */
export const newStatuses = ["SUSPENDING", "SUSPENDED", "RESUMING"] as const;

/** Nodes that stand by may be stopped, too. */
export const newNodeStatuses = [...newStatuses, "STOPPED"] as const;

export const actionStatuses = [
  "INIT",
  "WAITING",
  "READY",
  "RUNNING",
  "SUCCEEDED",
  "FAILED",
  "CANCELLED",
  "WAITING_LIFECYCLE_COMPLETION",
  "SUSPENDED",
] as const;

export const nodeActions = [
  "NODE_CREATE",
  "NODE_DELETE",
  "NODE_UPDATE",
  "NODE_JOIN",
  "NODE_LEAVE",
  "NODE_CHECK",
  "NODE_RECOVER",
  "NODE_OPERATION",
] as const;

export const eventLevels = ["CRITICAL", "ERROR", "WARN", "INFO", "DEBUG"] as const;
