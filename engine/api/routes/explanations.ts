import { Type } from "typebox";
import { explainAction } from "../../actions/explain-action.ts";
import { explainNode } from "../../actions/explain-node.ts";
import { isId } from "../../store/new-id.ts";
import { notFound } from "../api-error.ts";
import type { Api } from "../app.ts";
import {
  ActionExplanationBody,
  NodeExplanationBody,
  toActionExplanationBody,
  toNodeExplanationBody,
} from "../bodies/explanation.ts";
import { refusals } from "../bodies/schemas.ts";
import type { ApiContext } from "../context.ts";

/**
 * `GET /v1/actions/{id}/explanation`: what led to it, what it waits for, what policies decided, what each step did, and
 * where it failed; from stored facts alone. 404 for an unknown one.
 */
export function getActionExplanation(app: Api, context: ApiContext): void {
  const schema = {
    summary: "Explain an action",
    params: Type.Object({ action: Type.String() }),
    response: { 200: Type.Object({ explanation: ActionExplanationBody }), ...refusals },
  };
  app.get(
    "/actions/:action/explanation",
    { schema, config: { rule: "actions:explain" } },
    async ({ params: { action: actionId }, caller }) => {
      const { projectId } = caller;
      const found = isId(actionId) ? await explainAction(context.pool, { projectId, actionId }) : null;
      if (found === null) throw notFound("action", actionId);
      return { explanation: toActionExplanationBody(found, context) };
    },
  );
}

/** `GET /v1/nodes/{id or name}/explanation`: its last operations, and what was decided about it. 404 for an unknown one. */
export function getNodeExplanation(app: Api, context: ApiContext): void {
  const schema = {
    summary: "Explain a node",
    params: Type.Object({ node: Type.String() }),
    response: { 200: Type.Object({ explanation: NodeExplanationBody }), ...refusals },
  };
  app.get(
    "/nodes/:node/explanation",
    { schema, config: { rule: "nodes:explain" } },
    async ({ params: { node: idOrName }, caller }) => {
      const found = await explainNode(context.pool, { projectId: caller.projectId, idOrName });
      if (found === null) throw notFound("node", idOrName);
      return { explanation: toNodeExplanationBody(found) };
    },
  );
}
