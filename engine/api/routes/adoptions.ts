import { Type } from "typebox";
import { type AdoptionSpec, adoptNode, previewAdoption } from "../../actions/adopt-node.ts";
import type { Api } from "../app.ts";
import { NodeBody, toNodeBody } from "../bodies/node.ts";
import { JsonRecord, refusals } from "../bodies/schemas.ts";
import type { ApiContext } from "../context.ts";
import { boolField, mapField, nameField, nullable, textField } from "../senlin-body/fields.ts";
import { expectBody, objectSchema, readFields } from "../senlin-body/read-body.ts";
import { findNode } from "./nodes.ts";

const fieldsOfPreview = {
  identity: { field: textField, required: true },
  type: { field: textField, required: true },
  overrides: { field: nullable(mapField) },
  snapshot: { field: nullable(boolField) },
} as const;

const { identity, type, overrides, snapshot } = fieldsOfPreview;
const fieldsOfAdoption = {
  identity,
  type,
  name: { field: nullable(nameField) },
  role: { field: nullable(textField) },
  metadata: { field: nullable(mapField) },
  overrides,
  snapshot,
} as const;

/**
 * `POST /v1/nodes/adopt`: takes a resource that is there in as an orphan, with a profile that its driver reads off it. 200 with
 * the node; 400 for an unknown type, a resource that is not there, and properties that the type doesn't take.
 */
export function postAdoption(app: Api, context: ApiContext): void {
  const body = objectSchema(fieldsOfAdoption);
  const schema = {
    summary: "Adopt a resource as a node",
    body,
    response: { 200: Type.Object({ node: NodeBody }), ...refusals },
  };
  app.post("/nodes/adopt", { schema, config: { rule: "nodes:adopt", since: 7 } }, async (request) => {
    const asked = readFields(expectBody(request), fieldsOfAdoption, request.microversion);
    const { caller } = request;
    const { id } = await adoptNode(context.pool, context.questions, {
      identity: asked.identity,
      type: asked.type,
      overrides: asked.overrides ?? {},
      caller,
      name: asked.name ?? null,
      metadata: asked.metadata ?? {},
    });
    const row = await findNode(context, { projectId: caller.projectId }, id);
    return { node: toNodeBody(row, request.microversion) };
  });
}

/** `POST /v1/nodes/adopt-preview`: the spec that an adoption would keep; keeps nothing. */
export function postAdoptionPreview(app: Api, context: ApiContext): void {
  const body = objectSchema(fieldsOfPreview);
  const preview = Type.Object({ type: Type.String(), version: Type.String(), properties: JsonRecord });
  const response = {
    200: Type.Object({ node_profile: Type.Object({ node_preview: preview }) }),
    ...refusals,
  };
  const schema = { summary: "Preview an adoption", body, response };
  const config = { rule: "nodes:adopt_preview", since: 7 } as const;
  app.post("/nodes/adopt-preview", { schema, config }, async (request) => {
    const asked = readFields(expectBody(request), fieldsOfPreview, request.microversion);
    const spec: AdoptionSpec = await previewAdoption(context.pool, context.questions, {
      identity: asked.identity,
      type: asked.type,
      overrides: asked.overrides ?? {},
      projectId: request.caller.projectId,
    });
    return { node_profile: { node_preview: { ...spec, properties: { ...spec.properties } } } };
  });
}
