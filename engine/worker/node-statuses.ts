import type { Value } from "../../grammar/plan.ts";

/**
 * What a node's status says while an operation runs (Senlin's words); `null` leaves it as it is. One that a recovery asks
 * for is that recovery.
 */
export function statusDuring(operation: string, values: Readonly<Record<string, Value>> = {}): string | null {
  if (values["if_able"] === true) return null;
  if (values["recovers"] === true) return "RECOVERING";
  switch (operation) {
    case "create":
      return "CREATING";
    case "delete":
      return "DELETING";
    case "update":
    case "converge":
    case "scale_vertically":
      return "UPDATING";
    case "recreate":
      return "RECOVERING";
    case "suspend":
      return "SUSPENDING";
    case "resume":
      return "RESUMING";
    case "check":
    case "get":
      return null;
    default:
      return "OPERATING";
  }
}
