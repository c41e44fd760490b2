import { type Static, Type } from "typebox";
import type { Change } from "../../actions/diff-plans.ts";
import type { PlannedAction } from "../../actions/diff-program.ts";
import { Id, Json, JsonRecord, nullable } from "./schemas.ts";

/** One difference between a program and what is there. */
export const ChangeBody = Type.Object({
  kind: Type.String(),
  name: Type.String(),
  change: Type.String({ description: "create, update, replace, delete, or keep" }),
  attributes: Type.Array(
    Type.Object({
      name: Type.String(),
      from: Json,
      to: Json,
      type: Type.Optional(Type.String({ description: "How the values are meant: Size" })),
      forces: Type.Optional(Type.String({ description: "replacement: nodes are made anew for it" })),
    }),
  ),
  note: Type.Optional(Type.String()),
});

/** An action that applying starts. */
export const PlannedActionBody = Type.Object({
  action: Type.String(),
  cluster: Type.String(),
  inputs: JsonRecord,
  why: Type.String(),
  nodes: Type.Array(
    Type.Object({ how: Type.String(), count: Type.Integer(), names: Type.Array(Type.String()) }),
  ),
  policies: Type.Array(
    Type.Object({
      policy: Type.String(),
      phase: Type.String(),
      may: Type.Array(Type.String()),
      enforce: Type.String(),
      conditional: Type.Boolean(),
      place: Type.String(),
    }),
  ),
});

/** What a plan was made from; a client keeps it and gives it back unread. */
export const PlanReadsBody = Type.Object(
  {
    plan_hash: Type.String(),
    version: nullable(Type.Integer()),
    clusters: Type.Record(
      Type.String(),
      nullable(
        Type.Object({
          id: Id,
          facts: Type.Record(Type.String(), Json),
          nodes: nullable(Type.Record(Type.String(), Type.String())),
          actions: Type.Array(Type.String()),
        }),
      ),
    ),
  },
  { description: "What the plan was made from; applying with it is refused when something of it has moved" },
);

export const PlanBody = Type.Object({
  program: Type.Object({ name: Type.String(), plan_hash: Type.String() }),
  changes: Type.Array(ChangeBody),
  starts: Type.Array(PlannedActionBody),
  reads: PlanReadsBody,
  diagnostics: Type.Array(Json),
});

/** A change as the API shows it. */
export function toChangeBody(change: Change): Static<typeof ChangeBody> {
  return { ...change, attributes: [...change.attributes] };
}

/** A planned action as the API shows it. */
export function toPlannedActionBody(planned: PlannedAction): Static<typeof PlannedActionBody> {
  return {
    ...planned,
    inputs: { ...planned.inputs },
    nodes: planned.nodes.map((fate) => ({ ...fate, names: [...fate.names] })),
    policies: planned.policies.map((voice) => ({ ...voice, may: [...voice.may] })),
  };
}
