import { type Static, Type } from "typebox";
import { isMaintained, type Maintenance } from "../../../grammar/maintenance.ts";
import { nullable } from "./schemas.ts";
import { toSeconds } from "./times.ts";

/** Of a cluster or node; `null`: none. */
export const MaintenanceBody = nullable(
  Type.Object({ until: nullable(Type.String({ description: "null: until it is ended" })) }),
);

export function toMaintenanceBody(maintenance: Maintenance | null): Static<typeof MaintenanceBody> {
  if (maintenance === null || !isMaintained(maintenance, Date.now())) return null;
  return { until: maintenance.until === null ? null : toSeconds(new Date(maintenance.until)) };
}

/** Whether a row's body stays as it is until the row changes: a maintenance may be over at any moment. */
export function isLasting({ maintenance }: { readonly maintenance: Maintenance | null }): boolean {
  return maintenance === null || maintenance.until === null;
}
