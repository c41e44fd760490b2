/** What a node's status says while an operation runs (Senlin's words); `null` leaves it as it is. */
export function statusDuring(operation: string): string | null {
  switch (operation) {
    case "create":
      return "CREATING";
    case "delete":
      return "DELETING";
    case "update":
    case "converge":
      return "UPDATING";
    case "recreate":
      return "RECOVERING";
    case "check":
    case "get":
      return null;
    default:
      return "OPERATING";
  }
}
