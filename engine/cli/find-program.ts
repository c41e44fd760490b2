import { suggest } from "../../grammar/diagnostics/suggest.ts";
import type { ApiClient } from "./api-client.ts";
import { CliError } from "./cli-error.ts";
import { exitCodes } from "./exit-codes.ts";
import type { ParameterAnswer } from "./read-inputs.ts";

/** A program as the server lists it. */
export interface ProgramSummary {
  readonly name: string;
  readonly version: number;
  readonly actions?: readonly { readonly name: string; readonly parameters?: readonly ParameterAnswer[] }[];
}

/**
 * The program that has this action, and the action's parameters: the one named, else that of the cluster in
 * `cluster=NAME`, else the only one that has it.
 */
export async function findProgramOfAction(
  api: ApiClient,
  action: string,
  q: { readonly program: string | undefined; readonly arguments: readonly string[] },
): Promise<{ program: string; parameters: readonly ParameterAnswer[] | null }> {
  const named = q.program ?? (await programOfCluster(api, q.arguments));
  const listed = await api.call<{ programs: readonly ProgramSummary[] }>("GET", "/v1/programs");
  const candidates = listed.programs.filter((program) => named === undefined || program.name === named);
  if (candidates.length === 0) {
    const help =
      named === undefined
        ? "Apply one first: coppice apply FILE"
        : `There are: ${names(listed.programs) || "none"}`;
    throw new CliError(
      exitCodes.notFound,
      named === undefined ? "no program has been applied yet" : `there is no program "${named}"`,
      { help },
    );
  }
  const details = await Promise.all(candidates.map((each) => describe(api, each)));
  const having = details.filter((program) => program.actions.some((each) => each.name === action));
  const [only, ...others] = having;
  if (only === undefined) {
    const all = [...new Set(details.flatMap((program) => program.actions.map((each) => each.name)))];
    const near = suggest(action, all);
    throw new CliError(exitCodes.notFound, `no program has an action "${action}"`, {
      help: `${near === undefined ? "" : `Did you mean ${near}? `}There are: ${all.sort().join(", ")}`,
    });
  }
  if (others.length > 0) {
    throw new CliError(exitCodes.usage, `several programs have an action "${action}": ${names(having)}`, {
      help: "Choose one with --program NAME.",
    });
  }
  return {
    program: only.name,
    parameters: only.actions.find((each) => each.name === action)?.parameters ?? null,
  };
}

/** The program that made the cluster of an argument `cluster=NAME`; `undefined` when there is no such one. */
async function programOfCluster(api: ApiClient, given: readonly string[]): Promise<string | undefined> {
  const name = given.find((argument) => argument.startsWith("cluster="))?.slice("cluster=".length);
  if (name === undefined || name === "") return undefined;
  try {
    const path = `/v1/clusters/${encodeURIComponent(name)}`;
    const { cluster } = await api.call<{ cluster: { program: string | null } }>("GET", path);
    return cluster.program ?? undefined;
  } catch (error) {
    if (error instanceof CliError && error.exitCode === exitCodes.notFound) return undefined; // the server will say so
    throw error;
  }
}

async function describe(api: ApiClient, program: ProgramSummary) {
  if (program.actions !== undefined) return { name: program.name, actions: program.actions };
  const answer = await api.call<{ program: ProgramSummary }>(
    "GET",
    `/v1/programs/${encodeURIComponent(program.name)}`,
  );
  return { name: program.name, actions: answer.program.actions ?? [] };
}

function names(programs: readonly { readonly name: string }[]): string {
  return programs.map((program) => program.name).join(", ");
}
