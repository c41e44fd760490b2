import type { ApiClient } from "../api-client.ts";
import { exitCodes } from "../exit-codes.ts";
import { findServer } from "../find-server.ts";
import type { Output } from "../output.ts";
import { printActionEnd } from "../print-action.ts";
import { cell, printTable } from "../table.ts";
import { printFields } from "../print-fields.ts";
import { watchAction } from "../watch-action.ts";
import { readFields } from "./read-fields.ts";
import type { Values, Verb } from "./resource.ts";

/** Asks the API what a verb stands for and prints its answer; follows the action that it starts, with `--wait`. */
export async function runVerb(q: {
  verb: Verb;
  args: readonly (string | readonly string[] | undefined)[];
  options: Values;
  wait: boolean;
  output: Output;
}): Promise<void> {
  const { verb, output } = q;
  const { method, path, body } = verb.request(q.args, readFields(verb.fields, q.options));
  const api = findServer();
  const { answer, location } = await api.request<unknown>(method, `/v1/${queueing(method, path)}`, body);
  const actionId = verb.starts ? idOf(answer, location) : null;
  if (actionId !== null && q.wait) {
    const ended = await followToEnd(api, actionId, output);
    if (ended !== (verb.ends ?? "SUCCEEDED")) process.exitCode = exitCodes.failed;
    return;
  }
  output.data(answer ?? (actionId === null ? {} : { action: actionId }));
  print(verb, answer, output);
  if (actionId !== null) output.line(`${verb.answer === "action" ? "" : "\n"}action ${actionId}`);
}

/** Of what a request started: in the header Location, or an action in the body. */
function idOf(answer: unknown, location: string | null): string | null {
  const [, id] = /\/actions\/([^/]+)$/.exec(location ?? "") ?? [];
  if (id !== undefined) return id;
  const action = isRecord(answer) ? answer["action"] : undefined;
  if (typeof action === "string") return action;
  return isRecord(action) ? String(action["id"]) : null;
}

function print({ answer: shape, name }: Verb, answer: unknown, output: Output): void {
  if (shape === "action") return;
  if (shape === "nothing") {
    output.line(`${name}: done.`);
    return;
  }
  if ("one" in shape) {
    printFields(isRecord(answer) ? answer[shape.one] : null, output);
    return;
  }
  const found = shape.list.split(".").reduce<unknown>((at, part) => (isRecord(at) ? at[part] : null), answer);
  const rows = Array.isArray(found) ? found.filter(isRecord) : [];
  if (rows.length === 0) {
    output.line("There are none.");
    return;
  }
  printTable(
    output,
    shape.columns.map(([title]) => title),
    rows.map((row) => shape.columns.map(([, field]) => cell(row[field]))),
  );
}

async function followToEnd(api: ApiClient, id: string, output: Output): Promise<string> {
  output.note(output.paint("dim", id));
  const action = await watchAction({ api, id, output: { ...output, data() {} } });
  printActionEnd(action, output);
  output.data({ action });
  return action.status;
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** People who ask for something mean it, also when the cluster is busy: it waits for its turn. */
function queueing(method: string, path: string): string {
  if (method === "GET" || !/^(?:clusters|nodes)\//.test(path)) return path;
  return `${path}${path.includes("?") ? "&" : "?"}on_conflict=queue`;
}
