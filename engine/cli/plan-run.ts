import type { Json, Plan, Value } from "../../grammar/plan.ts";
import type { PluginSchema } from "../../grammar/plugin-schema.ts";
import type { ActionPreview } from "../actions/preview-action.ts";
import { readInputs as checkInputs } from "../actions/read-inputs.ts";
import { createFakeWorld } from "../local/fake-world.ts";
import type { LocalState } from "../local/local-state.ts";
import { rehearse } from "../rehearsal/rehearse.ts";
import { compileFile } from "./check-program.ts";
import { CliError } from "./cli-error.ts";
import { exitCodes } from "./exit-codes.ts";
import { findProgramOfAction } from "./find-program.ts";
import { findServer } from "./find-server.ts";
import type { Output } from "./output.ts";
import { printRehearsal } from "./print-rehearsal.ts";
import { readInputs } from "./read-inputs.ts";
import { readProgram, readSettings } from "./read-program.ts";

export interface PlanRunRequest {
  readonly action: string;
  /** `name=value` */
  readonly arguments: readonly string[];
  readonly program: string | undefined;
  /** A program's file: its own clusters, with all their nodes, instead of a server's. */
  readonly local: string | undefined;
  readonly settings: readonly string[];
  readonly output: Output;
}

/** What a rehearsal is made from. */
interface Beginning {
  readonly plan: Plan;
  readonly inputs: Readonly<Record<string, Value>>;
  readonly state: LocalState;
  readonly schemas: ReadonlyMap<string, PluginSchema>;
  /** Milliseconds since 1970: what `now()` is; the time of fake worlds when it is left out. */
  readonly now?: number;
}

/** Rehearses an action over what is there, and shows it; whether it would succeed. */
export async function planRun(q: PlanRunRequest): Promise<boolean> {
  const begin = q.local === undefined ? await askServer(q) : await readHere(q, q.local);
  const rehearsal = await rehearse({ ...begin, action: q.action });
  const { estimateAction } = await import("../../grammar/estimate/estimate.ts");
  const { showEstimate } = await import("../../grammar/estimate/show-estimate.ts");
  const estimate = estimateAction(begin.plan, q.action);
  const { effects: _, ...told } = rehearsal;
  printRehearsal({ rehearsal, plan: begin.plan, estimate: showEstimate(estimate) }, q.output);
  q.output.data({ action: q.action, ...told, estimate });
  return rehearsal.end.status === "SUCCEEDED";
}

async function askServer(q: PlanRunRequest): Promise<Beginning> {
  const api = findServer();
  const { program, parameters } = await findProgramOfAction(api, q.action, q);
  const inputs = readInputs(q.arguments, parameters);
  const { preview } = await api.call<{ preview: ActionPreview }>("POST", "/v1/previews", {
    action: q.action,
    program,
    inputs,
  });
  const schemas = new Map(preview.schemas.map((schema) => [schema.hash, schema]));
  return { ...preview, schemas, now: Date.now() };
}

async function readHere(q: PlanRunRequest, file: string): Promise<Beginning> {
  const program = readProgram(file);
  const { plan, schemas, diagnostics, files } = compileFile(program, readSettings(q.settings));
  if (plan === null) {
    const { renderDiagnostics } = await import("../../grammar/diagnostics/render-diagnostic.ts");
    const { color } = q.output;
    q.output.note(renderDiagnostics(program.text, program.path, diagnostics, { color, files }).trimEnd());
    throw new CliError(exitCodes.programErrors, `${program.path} has errors`);
  }
  const action = plan.actions[q.action];
  if (action === undefined) {
    throw new CliError(exitCodes.notFound, `${file} has no action "${q.action}"`, {
      help: `It has: ${Object.keys(plan.actions).sort().join(", ")}`,
    });
  }
  const { store } = createFakeWorld({ plan, schemas, empty: q.action === "CLUSTER_CREATE" });
  const given = readInputs(q.arguments, action.parameters) as Readonly<Record<string, Json>>; // from text or JSON
  const { values } = await checkInputs(
    { actionName: q.action, action, given },
    {
      cluster: async (name) => store.clusterNamed(name) ?? null,
      node: async (name) => {
        const node = store.node(name);
        return node === undefined ? null : { id: node.id, cluster_id: node.clusterId };
      },
    },
  );
  return { plan, schemas, state: store.state(), inputs: values };
}
