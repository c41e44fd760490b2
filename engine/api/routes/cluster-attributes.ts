import { type JSONPathQuery, JSONPathEnvironment, JSONPathError } from "json-p3";
import { Type } from "typebox";
import { lookAtNodes } from "../../actions/look-at-nodes.ts";
import type { Json as JsonValue } from "../../../grammar/plan.ts";
import { listedNodes, type NodeDetail } from "../../store/list-nodes.ts";
import { listRows } from "../../store/list-rows.ts";
import { ApiError } from "../api-error.ts";
import type { Api } from "../app.ts";
import { toNodeBody } from "../bodies/node.ts";
import { Id, Json, refusals } from "../bodies/schemas.ts";
import type { ApiContext } from "../context.ts";
import { scopeOf } from "../scope.ts";
import { badRequest } from "../senlin-body/fields.ts";
import { findCluster } from "./clusters.ts";

/** JSON Path (RFC 9535) without its functions: two of them run regular expressions of the user's here. */
const paths = new JSONPathEnvironment();
paths.functionRegister.clear();

/**
 * `GET /v1/clusters/{id}/attrs/{path}`: of each member the first thing that a JSON Path finds in its representation; those in
 * which it finds nothing are left out. A path that names `details` has the drivers asked; senlin: `api.md` §10.
 */
export function getClusterAttributes(app: Api, context: ApiContext): void {
  const params = Type.Object({ cluster: Type.String(), path: Type.String() });
  const attributes = Type.Array(Type.Object({ id: Id, value: Json }));
  const response = { 200: Type.Object({ cluster_attributes: attributes }), ...refusals };
  const schema = { summary: "Collect an attribute of a cluster's nodes", params, response };
  const config = { rule: "clusters:collect", since: 2 } as const;
  app.get("/clusters/:cluster/attrs/:path", { schema, config }, async (request) => {
    const path = request.params.path.trim();
    if (path === "" || path === "None") throw badRequest("Required path attribute is missing.");
    const query = compile(path);
    const cluster = await findCluster(context, scopeOf(request), request.params.cluster);
    const nodes = await listRows<NodeDetail>(context.pool, listedNodes, {
      scope: { projectId: null },
      filters: { cluster_id: [cluster.id] },
      sort: [{ key: "index", direction: "asc" }],
      marker: null,
      limit: null,
    });
    const { questions, pool } = context;
    const details = path.includes("details") ? await lookAtNodes(pool, questions, nodes) : null;
    return {
      cluster_attributes: nodes.flatMap((node) => {
        const looked = details?.get(node.id);
        const info = {
          ...toNodeBody(node, request.microversion),
          ...(looked !== undefined && { details: looked }),
        };
        const [first] = query.query(info as never).values() as JsonValue[];
        return first === undefined ? [] : [{ id: node.id, value: first }];
      }),
    };
  });
}

/** A path may leave its root out: `name` is `$.name`. */
function compile(path: string): JSONPathQuery {
  const rooted = path.startsWith("$") ? path : path.startsWith("[") ? `$${path}` : `$.${path}`;
  try {
    return paths.compile(rooted);
  } catch (error) {
    if (!(error instanceof JSONPathError)) throw error;
    throw new ApiError(400, `Invalid attribute path - ${error.message}.`, { type: "BadRequest" });
  }
}
