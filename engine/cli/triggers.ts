import { suggest } from "../../grammar/diagnostics/suggest.ts";
import type { ApiClient } from "./api-client.ts";
import { CliError } from "./cli-error.ts";
import { exitCodes } from "./exit-codes.ts";
import { findServer } from "./find-server.ts";
import type { Output } from "./output.ts";
import { printTable } from "./table.ts";
import type { ActionAnswer } from "./wire.ts";

/** A schedule or listener as the server says. */
interface TriggerAnswer {
  readonly id: string;
  readonly program: string;
  readonly name: string;
  readonly description: string;
  readonly status: string;
  readonly next_times: readonly string[];
  readonly last_time: string | null;
  readonly last_action: string | null;
  readonly last_note: string | null;
}

/** Lists schedules and listeners, as a table or as JSON. */
export async function listTriggers(q: { program: string | undefined; output: Output }): Promise<void> {
  const { output } = q;
  const triggers = await readTriggers(findServer(), q.program);
  output.data({ triggers });
  if (triggers.length === 0) {
    output.line("There are no schedules or listeners.");
    return;
  }
  printTable(
    output,
    ["NAME", "PROGRAM", "WHEN", "STATUS", "NEXT", "LAST"],
    triggers.map((trigger) => [
      trigger.name,
      trigger.program,
      trigger.description,
      trigger.status,
      trigger.next_times[0] ?? "-",
      trigger.last_time ?? "-",
    ]),
  );
  for (const { name, last_note: note } of triggers) if (note !== null) output.line(`${name}: ${note}`);
}

/** Pauses, resumes or fires the one trigger of this name. */
export async function changeTrigger(q: {
  word: "pause" | "resume" | "fire";
  name: string;
  program: string | undefined;
  output: Output;
}): Promise<void> {
  const { word, name, output } = q;
  const api = findServer();
  const { program } = await findTrigger(api, name, q.program);
  const path = `/v1/triggers/${encodeURIComponent(program)}/${encodeURIComponent(name)}/${word}`;
  if (word === "fire") {
    const { action } = await api.call<{ action: ActionAnswer }>("POST", path, {});
    output.line(action.id);
    output.data({ action });
    return;
  }
  const { trigger } = await api.call<{ trigger: TriggerAnswer }>("POST", path);
  output.line(`${trigger.name} is ${trigger.status}.`);
  output.data({ trigger });
}

async function findTrigger(
  api: ApiClient,
  name: string,
  program: string | undefined,
): Promise<TriggerAnswer> {
  const all = await readTriggers(api, program);
  const [only, ...others] = all.filter((trigger) => trigger.name === name);
  if (only === undefined) {
    const near = suggest(
      name,
      all.map((trigger) => trigger.name),
    );
    throw new CliError(exitCodes.notFound, `there is no trigger "${name}"`, {
      help: near === undefined ? "List them with: coppice triggers list" : `Did you mean ${near}?`,
    });
  }
  if (others.length > 0) {
    const programs = [only, ...others].map((trigger) => trigger.program).join(", ");
    throw new CliError(exitCodes.usage, `several programs have a trigger "${name}": ${programs}`, {
      help: "Choose one with --program NAME.",
    });
  }
  return only;
}

async function readTriggers(api: ApiClient, program: string | undefined): Promise<readonly TriggerAnswer[]> {
  const all: TriggerAnswer[] = [];
  for (let marker: string | undefined; ; marker = all.at(-1)?.id) {
    const query = new URLSearchParams({ limit: "1000" });
    if (program !== undefined) query.set("program", program);
    if (marker !== undefined) query.set("marker", marker);
    const { triggers } = await api.call<{ triggers: readonly TriggerAnswer[] }>(
      "GET",
      `/v1/triggers?${query}`,
    );
    all.push(...triggers);
    if (triggers.length < 1000) return all;
  }
}
