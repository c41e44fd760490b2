import { Type } from "typebox";
import type { Json } from "../../../grammar/plan.ts";
import { findProfileLike } from "../../actions/find-profile-like.ts";
import { findReferenced } from "../../actions/find-referenced.ts";
import type { RequestLimits } from "../../actions/limits.ts";
import { additionOfNodes, removalOfNodes, replacementOfNodes } from "../../actions/move-nodes.ts";
import { checkOfCluster } from "../../actions/check-cluster.ts";
import { type BindingChange, bindingChange } from "../../actions/change-binding.ts";
import { listedActions } from "../../store/find-action.ts";
import type { ActionRow } from "../../store/rows.ts";
import { recovery } from "../../actions/recovery.ts";
import { requestOnCluster, type Requester } from "../../actions/request-action.ts";
import { resizeOfCluster, scalingOfCluster } from "../../actions/resize-cluster.ts";
import { adjustmentTypes } from "../../actions/sizes.ts";
import type { ClusterDetail } from "../../store/find-cluster.ts";
import type { Scope } from "../../store/list-rows.ts";
import { completeLifecycle as complete } from "../../store/lifecycles.ts";
import { listedPolicies, type PolicyRow } from "../../store/policies.ts";
import { accepted, requesterOf } from "../accepted.ts";
import { ApiError } from "../api-error.ts";
import type { Api } from "../app.ts";
import { Id, JsonRecord, refusals } from "../bodies/schemas.ts";
import type { ApiContext } from "../context.ts";
import { findObject, objectNotFound } from "../find-object.ts";
import { isUuid } from "../list-query.ts";
import { expectVersion, type Microversion } from "../microversion.ts";
import { scopeOf } from "../scope.ts";
import {
  badRequest,
  boolField,
  capacityField,
  countField,
  enumField,
  isOfType,
  listField,
  nullable,
  numberField,
  pairsField,
  textField,
} from "../senlin-body/fields.ts";
import { readFields } from "../senlin-body/read-body.ts";
import { readOne } from "../senlin-body/read-one.ts";
import { findCluster } from "./clusters.ts";
import { isOwn, ownClusterActions, readOwnAction } from "./own-actions.ts";

type Data = Readonly<Record<string, Json>>;

/** What the action of a body needs; the cluster is looked up when the data has been read. */
interface Asked {
  readonly context: ApiContext;
  readonly data: Data;
  readonly microversion: Microversion;
  readonly scope: Scope;
  readonly by: Requester;
  /** The cluster's, as the path has it. */
  readonly identity: string;
  cluster(): Promise<ClusterDetail>;
}

type Handle = (asked: Asked) => Promise<{ readonly id: string }>;

const fieldsOfNodes = { nodes: { field: listField({ least: 1 }) } } as const;

const addNodes: Handle = async ({ context, data, microversion, scope, by, cluster }) => {
  const { nodes = [] } = readFields({ nodes: data["nodes"] ?? [] }, fieldsOfNodes, microversion);
  return requestOnCluster(context.pool, { cluster: await cluster(), by }, (db, row) =>
    additionOfNodes(db, row, { scope, identities: nodes, limits: by.limits }),
  );
};

const fieldsOfRemoval = {
  ...fieldsOfNodes,
  destroy_after_deletion: { field: nullable(boolField), since: 4 },
} as const;

const delNodes: Handle = async ({ context, data, microversion, by, cluster }) => {
  const given = {
    nodes: data["nodes"] ?? [],
    destroy_after_deletion: data["destroy_after_deletion"] ?? false,
  };
  const { nodes = [], destroy_after_deletion: destroy } = readFields(given, fieldsOfRemoval, microversion);
  return requestOnCluster(context.pool, { cluster: await cluster(), by }, (db, row) =>
    removalOfNodes(db, row, { identities: nodes, destroy: destroy ?? undefined, limits: by.limits }),
  );
};

const replaceNodes: Handle = async ({ context, data, microversion, scope, by, cluster }) => {
  expectVersion(microversion, 3);
  const { nodes } = data;
  if (nodes === undefined || !isOfType(nodes, ["object"]) || Object.keys(nodes as Data).length === 0)
    throw badRequest("The data provided is not a map");
  const read = readFields({ nodes }, { nodes: { field: pairsField, required: true } }, microversion);
  return requestOnCluster(context.pool, { cluster: await cluster(), by }, (db, row) =>
    replacementOfNodes(db, row, { scope, pairs: read.nodes }),
  );
};

const fieldsOfScaling = { count: { field: nullable(countField) } } as const;

function scale(direction: "out" | "in"): Handle {
  return async ({ context, data, microversion, by, cluster }) => {
    const { count } = readFields({ count: data["count"] ?? null }, fieldsOfScaling, microversion);
    return requestOnCluster(context.pool, { cluster: await cluster(), by }, (_, row) =>
      scalingOfCluster(row, { direction, count: count ?? undefined, limits: by.limits }),
    );
  };
}

function fieldsOfResize({ maximumNodes: maximum }: RequestLimits) {
  return {
    adjustment_type: { field: nullable(enumField(adjustmentTypes)) },
    number: { field: nullable(numberField) },
    min_size: { field: nullable(capacityField({ minimum: 0, maximum })) },
    max_size: { field: nullable(capacityField({ minimum: -1, maximum })) },
    min_step: { field: nullable(countField) },
    strict: { field: nullable(boolField) },
  } as const;
}

const resize: Handle = async ({ context, data, microversion, by, cluster }) => {
  const { strict, ...sizes } = adjustmentOf(data);
  if (Object.keys(sizes).length === 0) throw badRequest("Not enough parameters to do resize action.");
  const given = { ...sizes, ...(strict !== undefined && { strict }) };
  const asked = readFields(given, fieldsOfResize(context.limits), microversion);
  const {
    adjustment_type: type = null,
    number = null,
    min_size: minimum = null,
    max_size: maximum = null,
  } = asked;
  if (type !== null && number === null) throw badRequest("Missing number value for size adjustment.");
  if (number !== null && type === null)
    throw badRequest("Missing adjustment_type value for size adjustment.");
  if (type === "EXACT_CAPACITY" && number !== null && number < 0) {
    throw new ApiError(
      400,
      "The 'number' must be non-negative integer for adjustment type 'EXACT_CAPACITY'.",
      { type: "BadRequest" },
    );
  }
  if (minimum !== null && maximum !== null && maximum > 0 && minimum > maximum) {
    throw badRequest(
      `The specified min_size (${minimum}) is greater than the specified max_size (${maximum}).`,
    );
  }
  const minimumStep = asked.min_step ?? null;
  return requestOnCluster(context.pool, { cluster: await cluster(), by }, (db, row) =>
    resizeOfCluster(db, row, {
      ...{ type, number, minimum, maximum, minimumStep },
      strict: asked.strict ?? true,
      limits: by.limits,
    }),
  );
};

/** What of a resize is looked at: no `null`, and `min_step` for percentages only. */
function adjustmentOf(data: Data): Record<string, Json> {
  const names = ["adjustment_type", "number", "min_size", "max_size", "strict"];
  if (data["adjustment_type"] === "CHANGE_IN_PERCENTAGE") names.push("min_step");
  return Object.fromEntries(
    names.flatMap((name) => {
      const value = data[name];
      return value === undefined || value === null ? [] : [[name, value] as const];
    }),
  );
}

const check: Handle = async ({ context, data, by, cluster }) =>
  requestOnCluster(context.pool, { cluster: await cluster(), by }, (db, row) =>
    checkOfCluster(db, row, data),
  );

const recover: Handle = async ({ context, data, by, cluster }) => {
  const row = await cluster();
  const wanted = recovery("CLUSTER_RECOVER", data);
  return requestOnCluster(context.pool, { cluster: row, by }, () => wanted);
};

const fieldsOfBinding = {
  policy_id: { field: textField, required: true },
  enabled: { field: nullable(boolField) },
} as const;

function changeBinding(action: BindingChange["action"]): Handle {
  return async ({ context, data, microversion, scope, by, identity, cluster }) => {
    const { policy_id: policyField, enabled } = fieldsOfBinding;
    const fields = { policy_id: policyField, ...(action !== "CLUSTER_DETACH_POLICY" && { enabled }) };
    const asked = readFields(data, fields, microversion) as { policy_id: string; enabled?: boolean | null };
    const row = await cluster();
    const policy = await findReferenced<PolicyRow>(context.pool, listedPolicies, {
      scope,
      identity: asked.policy_id,
      kind: "policy",
    });
    const named = { policy: asked.policy_id, cluster: identity };
    return requestOnCluster(context.pool, { cluster: row, by }, (db, locked) =>
      bindingChange(db, locked, { action, policyId: policy.id, enabled: asked.enabled, named }),
    );
  };
}

const fieldsOfLifecycle = { lifecycle_action_token: { field: textField, required: true } } as const;

/** Whoever waits with this token goes on. The id of an action that doesn't wait is taken, too, and has no effect. */
const completeLifecycle: Handle = async ({ context, data, microversion, scope, cluster }) => {
  expectVersion(microversion, 9);
  const given = { lifecycle_action_token: data["lifecycle_action_token"] ?? null };
  const { lifecycle_action_token: token } = readFields(given, fieldsOfLifecycle, microversion);
  const { id: clusterId, project_id: projectId } = await cluster();
  if (!isUuid(token)) throw objectNotFound("action", token);
  const told = await complete(context.pool, { token: token.toLowerCase(), projectId, clusterId });
  if (told) return { id: token };
  return findObject<ActionRow>(context.pool, listedActions, { scope, identity: token, kind: "action" });
};

function handleOwn(own: (typeof ownClusterActions)[keyof typeof ownClusterActions]): Handle {
  return async ({ context, data, microversion, scope, by, cluster }) => {
    const wanted = readOwnAction(own, data, microversion);
    const row = await cluster();
    const { profile_id: identity, ...inputs } = wanted.inputs ?? {};
    if (typeof identity !== "string")
      return requestOnCluster(context.pool, { cluster: row, by }, () => wanted);
    const { id } = await findProfileLike(context.pool, row, { scope, identity, kind: "cluster" });
    const withId = { ...wanted, inputs: { ...inputs, new_profile_id: id } };
    return requestOnCluster(context.pool, { cluster: row, by }, () => withId);
  };
}

const handlers = {
  add_nodes: addNodes,
  del_nodes: delNodes,
  scale_out: scale("out"),
  scale_in: scale("in"),
  resize,
  policy_attach: changeBinding("CLUSTER_ATTACH_POLICY"),
  policy_detach: changeBinding("CLUSTER_DETACH_POLICY"),
  policy_update: changeBinding("CLUSTER_UPDATE_POLICY"),
  check,
  recover,
  replace_nodes: replaceNodes,
  complete_lifecycle: completeLifecycle,
} as const satisfies Readonly<Record<string, Handle>>;

function isAction(name: string): name is keyof typeof handlers {
  return Object.hasOwn(handlers, name);
}

const params = Type.Object({ cluster: Type.String() });

/**
 * `POST /v1/clusters/{id}/actions` with one of Senlin's twelve actions, `{"scale_out": {"count": 2}}`: 202 with the action's id.
 * 400 for what can't be, 409 for a conflict or a cooldown; senlin: `api.md` §10. From 1.15 on our own, too
 * (`own-actions.ts`): 409 for what the nodes' drivers can't do.
 */
export function postClusterAction(app: Api, context: ApiContext): void {
  const body = Type.Record(Type.String(), JsonRecord);
  const response = { 202: Type.Object({ action: Id }), ...refusals };
  const schema = { summary: "Start an action on a cluster", params, body, response };
  const config = { rule: "clusters:action" } as const;
  app.post("/clusters/:cluster/actions", { schema, config }, async (request, reply) => {
    const { name, value } = readOne(request, { what: "action", ending: "" });
    const own = isOwn(ownClusterActions, name, request.microversion);
    if (!own && !isAction(name)) throw badRequest(`Unrecognized action '${name}' specified`);
    if (!isOfType(value, ["object"])) throw badRequest("The data provided is not a map");
    context.access.check(`clusters:action:${name}`, request.caller);
    const scope = scopeOf(request);
    const identity = request.params.cluster;
    const handle = own ? handleOwn(ownClusterActions[name]) : handlers[name];
    const action = await handle({
      context,
      data: value as Data, // checked just now
      microversion: request.microversion,
      scope,
      by: requesterOf(request, context),
      identity,
      cluster: () => findCluster(context, scope, identity),
    });
    return accepted(reply, action).send({ action: action.id });
  });
}
