import { Type } from "typebox";
import type { Json } from "../../../grammar/plan.ts";
import { operationName, operationParameters } from "../../actions/profile-operation.ts";
import { Refusal } from "../../actions/refusal.ts";
import { requestOnCluster } from "../../actions/request-action.ts";
import { pythonText } from "../../specs/python-text.ts";
import { listMemberIds } from "../../store/load-node-facts.ts";
import { accepted, requesterOf } from "../accepted.ts";
import { ApiError } from "../api-error.ts";
import type { Api } from "../app.ts";
import { Id, refusals } from "../bodies/schemas.ts";
import type { ApiContext } from "../context.ts";
import { scopeOf } from "../scope.ts";
import { isOfType, malformed, mapField, nullable } from "../senlin-body/fields.ts";
import { objectSchema, readFields } from "../senlin-body/read-body.ts";
import { readOne } from "../senlin-body/read-one.ts";
import { findCluster } from "./clusters.ts";

type Data = Readonly<Record<string, Json>>;

const params = Type.Object({ cluster: Type.String() });

const fieldsOfOperation = {
  params: { field: nullable(mapField) },
  filters: { field: nullable(mapField) },
} as const;

const filterNames: readonly string[] = ["name", "profile_id", "status", "role"];

/**
 * `POST /v1/clusters/{id}/ops` with `{"reboot": {"params": {"type": "SOFT"}, "filters": {"status": "ACTIVE"}}}`: the
 * operation of the profile's type on all members that match. 400 for one that the type lacks, and when none matches.
 */
export function postClusterOperation(app: Api, context: ApiContext): void {
  const body = Type.Record(Type.String(), objectSchema(fieldsOfOperation));
  const response = { 202: Type.Object({ action: Id }), ...refusals };
  const schema = { summary: "Operate on a cluster's nodes", params, body, response };
  const config = { rule: "clusters:operation", since: 4 } as const;
  app.post("/clusters/:cluster/ops", { schema, config }, async (request, reply) => {
    const { name: operation, value } = readOne(request, { what: "operation", ending: "" });
    if (!isOfType(value, ["object"])) throw malformed();
    const { params: given, filters: asked } = value as Data; // checked just now
    const read = readFields(
      { params: given ?? null, filters: asked ?? null },
      fieldsOfOperation,
      request.microversion,
    );
    const row = await findCluster(context, scopeOf(request), request.params.cluster);
    const operationParams = await operationParameters(context.pool, {
      profileId: row.profile_id,
      operation,
      given: read.params ?? {},
    });
    if (operationParams === null) throw malformed();
    const filters = readNodeFilters(read.filters ?? {});
    const action = await requestOnCluster(
      context.pool,
      { cluster: row, by: requesterOf(request, context) },
      async (db, cluster) => {
        const nodes = await listMemberIds(db, { clusterId: cluster.id, ...filters });
        if (nodes.length === 0)
          throw new Refusal("invalid", "no-node", "No node (matching the filter) could be found.");
        const inputs = { operation, params: operationParams, nodes };
        return { action: "CLUSTER_OPERATION", name: operationName("cluster", operation, cluster.id), inputs };
      },
    );
    return accepted(reply, action).send({ action: action.id });
  });
}

function readNodeFilters(given: Data) {
  const unknown = Object.keys(given).filter((name) => !filterNames.includes(name));
  if (unknown.length > 0) {
    const lines = unknown.map((name) => `Filter key '${name}' is unsupported`);
    throw new ApiError(400, `${lines.join("\n")}.`, { type: "BadRequest" });
  }
  const text = (name: string) => (given[name] === undefined ? undefined : pythonText(given[name]));
  return { name: text("name"), profileId: text("profile_id"), status: text("status"), role: text("role") };
}
