import { type Static, Type } from "typebox";
import type { Plan } from "../../../grammar/plan.ts";
import type { ProgramRow, ProgramVersionRow } from "../../store/programs.ts";
import { Json, nullable, Time } from "./schemas.ts";

export const ProgramBody = Type.Object({
  name: Type.String(),
  version: Type.Integer(),
  plan_hash: Type.String(),
  path: Type.String(),
  applied_by: Type.String(),
  created_at: Time,
});

export const ProgramActionBody = Type.Object({
  name: Type.String(),
  doc: nullable(Type.String()),
  builtin: Type.Boolean(),
  parameters: Type.Array(
    Type.Object({
      name: Type.String(),
      type: Type.String(),
      schema: Json,
      default: Type.Optional(Json),
    }),
  ),
  result: nullable(Type.String()),
});

/** A program's current version as lists show it. */
export function toProgramBody(row: ProgramRow): Static<typeof ProgramBody> {
  const { name, version, plan_hash, path, applied_by } = row;
  return { name, version, plan_hash, path, applied_by, created_at: row.created_at.toISOString() };
}

/** The actions that a plan offers, by name. */
export function toProgramActions(plan: Plan): Static<typeof ProgramActionBody>[] {
  return Object.entries(plan.actions)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, action]) => {
      const { doc, builtin, result } = action;
      return {
        name,
        doc,
        builtin,
        result,
        parameters: action.parameters.map((parameter) => ({ ...parameter })),
      };
    });
}

export const ProgramVersionBody = Type.Object({
  ...ProgramBody.properties,
  current: Type.Boolean(),
  restores: nullable(Type.Integer({ description: "The version that a rollback brought back with this one" })),
  running: Type.Integer({ description: "Actions that have not ended and keep this version's plan" }),
});

/** A version as lists show it. */
export function toProgramVersionBody(
  row: ProgramVersionRow,
  current: boolean,
): Static<typeof ProgramVersionBody> {
  const { name, version, plan_hash, path, applied_by, restores, running } = row;
  const created_at = row.created_at.toISOString();
  return { name, version, plan_hash, path, applied_by, created_at, current, restores, running };
}

/** A version with its texts. */
export const FullProgramBody = Type.Object({
  ...ProgramBody.properties,
  text: Type.String(),
  imports: Type.Array(Type.Object({ path: Type.String(), text: Type.String() })),
  parameters: Type.Record(Type.String(), Type.String()),
  restores: nullable(Type.Integer()),
  actions: Type.Array(ProgramActionBody),
});

/** A version with its texts, and with what its plan offers. */
export function toFullProgramBody(row: ProgramRow, plan: Plan | null): Static<typeof FullProgramBody> {
  const { text, restores } = row;
  const imports = row.imports.map((each) => ({ path: each.path, text: each.text }));
  const actions = plan === null ? [] : toProgramActions(plan);
  return { ...toProgramBody(row), text, imports, parameters: { ...row.parameters }, restores, actions };
}

/** One imported file: its path as seen from where the program's own path is. */
export const SourceBody = Type.Object(
  { path: Type.String({ minLength: 1, maxLength: 1000 }), text: Type.String({ maxLength: 2_000_000 }) },
  { additionalProperties: false },
);

/** What both program routes take. */
export const ProgramRequestBody = Type.Object(
  {
    path: Type.String({ minLength: 1, maxLength: 1000, description: "Shown in messages; names the program" }),
    text: Type.String({ maxLength: 2_000_000 }),
    imports: Type.Optional(
      Type.Array(SourceBody, {
        maxItems: 200,
        description: "The files that it imports, and those that they import",
      }),
    ),
    parameters: Type.Optional(Type.Record(Type.String(), Type.String())),
    plugins: Type.Optional(
      Type.Record(Type.String(), Type.String(), {
        description: "Plugin hashes by the path that the program writes",
      }),
    ),
  },
  { additionalProperties: false },
);
