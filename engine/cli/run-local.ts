import { randomUUID } from "node:crypto";
import { findPlugins } from "../../grammar/compile.ts";
import { hasErrors } from "../../grammar/diagnostics/diagnostic.ts";
import { renderDiagnostics } from "../../grammar/diagnostics/render-diagnostic.ts";
import { renderFailure } from "../../grammar/diagnostics/source-frame.ts";
import { parseProgram } from "../../grammar/parse.ts";
import type { Json, Plan, Value } from "../../grammar/plan.ts";
import { readInputs as checkInputs } from "../actions/read-inputs.ts";
import { currentConfig } from "../config/current-config.ts";
import { type LoadedPlugin, loadPackage } from "../host/load-plugin.ts";
import type { LocalCluster } from "../local/local-state.ts";
import { emptyClusters } from "../local/local-state.ts";
import { openPluginWorld, type PluginWorld } from "../local/plugin-world.ts";
import { type LocalRun, runLocally } from "../local/run-locally.ts";
import { readStateFile, underPlan, writeStateFile } from "../local/state-file.ts";
import { type AdmittedPlugin, admitPlugin } from "./admit-plugin.ts";
import { askHere } from "./ask-here.ts";
import { compileFile, pluginPath, pluginSchema } from "./check-program.ts";
import { CliError } from "./cli-error.ts";
import { exitCodes } from "./exit-codes.ts";
import type { Output } from "./output.ts";
import { printActionEnd } from "./print-action.ts";
import { openProgressLine, type ProgressLine } from "./progress-line.ts";
import { readInputs } from "./read-inputs.ts";
import { type ProgramText, readProgram, readSettings } from "./read-program.ts";
import { openSources, type Sources } from "./read-sources.ts";
import { describeEvent } from "./watch-action.ts";
import type { ActionAnswer } from "./wire.ts";

/** `coppice run --local FILE ACTION`. */
export interface LocalRunRequest {
  readonly file: string;
  readonly action: string;
  /** `name=value` */
  readonly arguments: readonly string[];
  readonly set: readonly string[];
  readonly override: string | undefined;
  /** Keeps what there is between runs; `null`: what was created is deleted at the end. */
  readonly state: string | null;
  readonly keep: boolean;
  /** Answers questions with yes. */
  readonly yes: boolean;
  readonly output: Output;
}

/**
 * Runs an action here, without a server: the real plugins in their isolates, records in memory. Clusters that the action
 * works on and that are not there yet are created first. Ctrl-C cancels the run, which then undoes what it did.
 */
export async function runLocal(q: LocalRunRequest): Promise<{ readonly status: string }> {
  const program = readProgram(q.file);
  const { plan, plugins } = await compileWithPlugins(program, q);
  const action = plan.actions[q.action];
  if (action === undefined) {
    throw new CliError(exitCodes.notFound, `${q.file} has no action "${q.action}"`, {
      help: `It has: ${Object.keys(plan.actions).sort().join(", ")}`,
    });
  }
  const kept = q.state === null ? null : readStateFile(q.state);
  const state = kept === null ? emptyClusters(plan) : underPlan(kept.state, plan);
  const pluginState = kept?.pluginState ?? new Map();
  const line = openProgressLine(q.output);
  const session: Session = { q, plan, line, cancel: new AbortController() };
  const world = openPluginWorld({
    plan,
    plugins,
    state,
    pluginState,
    approve: (asked, signal) => askHere(asked, signal, { yes: q.yes, line }),
    say: ({ plugin, message }) => sayEvent(session, `${plugin}.output`, { message }, "INFO"),
    logger: silent,
    config: currentConfig(),
  });
  const stop = () => {
    q.output.note("\nCancels the run; it undoes what it did.");
    session.cancel.abort();
  };
  process.on("SIGINT", stop);
  try {
    const given = readInputs(q.arguments, action.parameters) as Readonly<Record<string, Json>>;
    const { values, clusters } = await checkInputs(
      { actionName: q.action, action, given },
      {
        cluster: async (name) => world.store.clusterNamed(name) ?? null,
        node: async (name) => {
          const node = world.store.node(name);
          return node === undefined ? null : { id: node.id, cluster_id: node.clusterId };
        },
      },
    );
    const named = action.clusterNames.flatMap((name) => world.store.clusterNamed(name) ?? []);
    const created = await createMissing(session, world, [...clusters, ...named]);
    const ended =
      created === null ? null : await run(session, world, q.action, values, clusters[0]?.name ?? "");
    if (q.state === null && !q.keep) await deleteAll(session, world);
    return { status: ended?.end.status ?? "FAILED" };
  } finally {
    process.off("SIGINT", stop);
    line.end();
    await world.close();
    if (q.state !== null) writeStateFile(q.state, { state: world.store.state(), pluginState });
  }
}

interface Session {
  readonly q: LocalRunRequest;
  readonly plan: Plan;
  readonly line: ProgressLine;
  readonly cancel: AbortController;
}

/** Compiles with the plugins' bundles, whose hashes the host wants to see again. */
async function compileWithPlugins(
  program: ProgramText,
  q: LocalRunRequest,
): Promise<{ readonly plan: Plan; readonly plugins: ReadonlyMap<string, LoadedPlugin> }> {
  const sources = openSources();
  const settings = readSettings(q.set);
  const first = compileFile(program, settings, sources);
  if (hasErrors(first.diagnostics)) {
    const { diagnostics, files } = first;
    const { color } = q.output;
    q.output.line(renderDiagnostics(program.text, program.path, diagnostics, { color, files }).trimEnd());
    throw new CliError(exitCodes.programErrors, `${program.path} has errors`);
  }
  const loaded = new Map<string, AdmittedPlugin & LoadedPlugin>();
  for (const [path, written] of pluginPaths(program, sources)) {
    const admitted = admitPlugin(program, path, written);
    loaded.set(path, { ...admitted, ...(await loadPackage(admitted.pack)) });
  }
  const { plan } = compileFile(program, settings, sources, {
    schemaOf: (path) => {
      const plugin = loaded.get(path)!; // the first compilation asked for the same paths
      return { ...pluginSchema(plugin), hash: plugin.hash };
    },
  });
  if (plan === null) throw new Error(`${program.path} compiles no more`); // the manifests are the same
  const plugins = [...loaded.values()].map(({ manifest, bundle, hash }) => ({ manifest, bundle, hash }));
  return { plan, plugins: new Map(plugins.map((plugin) => [plugin.hash, plugin])) };
}

/** Where each plugin lies, and how it's named. */
function pluginPaths(program: ProgramText, sources: Sources): ReadonlyMap<string, string> {
  const files = [
    { path: program.path, program: parseProgram(program.text).program },
    ...sources.imports(program),
  ];
  return new Map(
    files.flatMap((file) =>
      findPlugins(file.program).map(({ path }) => [pluginPath(program, file.path, path), path] as const),
    ),
  );
}

/** Creates clusters that have never been; `null` when one could not be created. */
async function createMissing(
  session: Session,
  world: PluginWorld,
  clusters: readonly LocalCluster[],
): Promise<readonly LocalCluster[] | null> {
  const missing = [...new Set(clusters)].filter(({ status }) => status === "INIT");
  if (session.q.action === "CLUSTER_CREATE") return [];
  for (const { id, name } of missing) {
    const { end } = await run(session, world, "CLUSTER_CREATE", { cluster: { $cluster: id } }, name, true);
    if (end.status !== "SUCCEEDED") return null;
  }
  return missing;
}

/** Leaves nothing behind; not cancelled by a Ctrl-C that ended the run itself. */
async function deleteAll(session: Session, world: PluginWorld): Promise<void> {
  for (const { id, name, status } of world.store.clusters()) {
    if (status === "INIT") continue;
    const inputs = { cluster: { $cluster: id } };
    const fresh = { ...session, cancel: new AbortController() };
    await run(fresh, world, "CLUSTER_DELETE", inputs, name, true);
  }
}

async function run(
  session: Session,
  world: PluginWorld,
  action: string,
  inputs: Readonly<Record<string, Value>>,
  target: string,
  around = false,
): Promise<LocalRun> {
  const { q, plan, line, cancel } = session;
  const begun = new Date();
  const ended = await runLocally(world, {
    plan,
    action,
    inputs,
    actionId: randomUUID(),
    cause: "local run",
    cancel: cancel.signal,
    override:
      q.override === undefined
        ? null
        : { reason: q.override, by: "you", roles: ["admin", "operator", "member"] },
    tell: {
      event: ({ name, fields, level }) => sayEvent(session, name, { values: fields }, level),
      progress: ({ operation, place, done, failed, total }) =>
        line.show({ label: `${operation}  ${place}`, done, failed, total }),
    },
  });
  line.end();
  const { end } = ended;
  const answer = answerOf(plan, action, target, begun, ended);
  if (around && end.status === "SUCCEEDED") q.output.note(q.output.paint("dim", `✔ ${action} ${target}`));
  else printActionEnd(answer, q.output);
  if (!around) q.output.data({ action: answer });
  return ended;
}

function sayEvent(
  session: Session,
  name: string,
  fields: Readonly<Record<string, unknown>>,
  level: string,
): void {
  const { output } = session.q;
  const created_at = new Date().toISOString();
  const { message = "", ...others } = fields;
  const head = { id: randomUUID(), action_id: null, created_at, level, name };
  const event = { ...head, message: String(message), fields: others };
  output.data({ event });
  session.line.say(describeEvent(event, output));
}

function answerOf(plan: Plan, name: string, target: string, begun: Date, { end }: LocalRun): ActionAnswer {
  const { failure } = end;
  return {
    id: end.actionId,
    action: name,
    status: end.status,
    status_reason: end.reason,
    target_name: target,
    cluster_id: null,
    cause: "local run",
    inputs: {},
    outputs: end.outputs,
    failure:
      failure === null
        ? null
        : {
            code: failure.code,
            message: failure.message,
            ...(failure.help === undefined ? {} : { help: failure.help }),
            frame: renderFailure(plan.files, failure),
          },
    decisions: end.decisions,
    created_at: begun.toISOString(),
    start_time: begun.getTime() / 1_000,
    end_time: Date.now() / 1_000,
  };
}

const silent = { debug() {}, info() {}, warn() {}, error() {} };
