import { type Static, Type } from "typebox";
import type { ClusterHealthRow } from "../../store/find-cluster-health.ts";
import { nullable } from "./schemas.ts";
import { toSeconds } from "./times.ts";

/** What a cluster's health policy saw last; `null`: it has none. */
export const ClusterHealthBody = nullable(
  Type.Object({
    looked_at: nullable(Type.String()),
    fault: nullable(
      Type.String({ description: "Why nothing was recovered: most of the cluster is ill at once, say" }),
    ),
  }),
);

export function toClusterHealthBody(row: ClusterHealthRow | null): Static<typeof ClusterHealthBody> {
  return row === null ? null : { looked_at: toSeconds(row.looked_at), fault: row.fault };
}
