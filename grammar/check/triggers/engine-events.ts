import { any, optional, string, type Type } from "../../types.ts";

/** What `on coppice.…` may listen to: the engine's own events, each with the fields it tells. */
export const engineEvents: Readonly<Record<string, Readonly<Record<string, Type>>>> = {
  /** An action of any program ended: `status` is SUCCEEDED, FAILED or CANCELLED. */
  action_ended: {
    action: string,
    cluster: optional(string),
    status: string,
    reason: string,
    program: string,
    action_id: string,
  },
  /** An action said `emit`. */
  emitted: {
    name: string,
    cluster: optional(string),
    fields: any,
    program: string,
    action_id: string,
  },
};
