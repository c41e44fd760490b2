import type { ApiClient } from "./api-client.ts";
import { CliError } from "./cli-error.ts";
import { exitCodes } from "./exit-codes.ts";
import { findServer } from "./find-server.ts";
import type { Output } from "./output.ts";
import { indent } from "./print-action.ts";
import { printable } from "./printable.ts";
import type { ActionAnswer, EventAnswer } from "./wire.ts";

interface PlaceAnswer {
  readonly place: string;
  readonly source: string | null;
}

interface DecisionAnswer extends PlaceAnswer {
  readonly policy: string;
  readonly action: string;
  readonly decision: string;
  readonly reason: string;
}

interface ActionExplanation {
  readonly action: ActionAnswer & { readonly program: string; readonly requested_by: string };
  readonly version: number | null;
  readonly causes: readonly {
    readonly action_id: string;
    readonly name: string;
    readonly cause: string;
    readonly requested_by: string;
    readonly created_at: string;
  }[];
  readonly waiting: readonly { readonly text: string; readonly behind: readonly string[] }[];
  readonly decisions: readonly DecisionAnswer[];
  readonly calls: readonly (PlaceAnswer & {
    readonly operation: string;
    readonly undo: boolean;
    readonly done: number;
    readonly failed: number;
    readonly open: number;
    readonly failures: readonly {
      readonly node: string;
      readonly failure: { readonly message?: string } | null;
    }[];
  })[];
  readonly approvals: readonly {
    readonly message: string;
    readonly state: string;
    readonly place: string;
    readonly answered_by: string | null;
    readonly reason: string | null;
  }[];
  readonly frame: string | null;
  readonly events: readonly EventAnswer[];
}

interface NodeExplanation {
  readonly node: {
    readonly name: string;
    readonly status: string;
    readonly status_reason: string;
    readonly healthy: boolean;
    readonly changes: Readonly<Record<string, unknown>>;
  };
  readonly cluster: { readonly name: string; readonly status: string } | null;
  readonly calls: readonly (PlaceAnswer & {
    readonly action_id: string;
    readonly action_name: string;
    readonly operation: string;
    readonly undo: boolean;
    readonly state: string;
    readonly failure: { readonly message?: string } | null;
    readonly created_at: string;
  })[];
  readonly decisions: readonly (DecisionAnswer & {
    readonly action_id: string;
    readonly created_at: string;
    readonly operations: readonly string[];
  })[];
}

/** Says why an action or a node is as it is. Throws `notFound` when there is neither. */
export async function explain(reference: string, output: Output): Promise<void> {
  const api = findServer();
  const action = await look<ActionExplanation>(api, "actions", reference);
  if (action !== null) {
    output.data({ action });
    printAction(action, output);
    return;
  }
  const node = await look<NodeExplanation>(api, "nodes", reference);
  if (node === null) {
    throw new CliError(exitCodes.notFound, `there is no action and no node "${reference}"`, {
      help: "List them with: coppice ls actions, coppice ls nodes",
    });
  }
  output.data({ node });
  printNode(node, output);
}

async function look<Explanation>(
  api: ApiClient,
  kind: "actions" | "nodes",
  reference: string,
): Promise<Explanation | null> {
  try {
    const path = `/v1/${kind}/${encodeURIComponent(reference)}/explanation`;
    return (await api.call<{ explanation: Explanation }>("GET", path)).explanation;
  } catch (error) {
    if (error instanceof CliError && error.exitCode === exitCodes.notFound) return null;
    throw error;
  }
}

/** A line, and what stands dimly behind it. */
type Line = readonly [text: string, dim?: string];

function printAction(explained: ActionExplanation, output: Output): void {
  const { action, version } = explained;
  const target = action.target_name === "" ? "" : ` ${action.target_name}`;
  const of = `of ${action.program}${version === null ? "" : ` version ${version}`}`;
  const reason = action.status_reason === "" ? "" : `: ${action.status_reason}`;
  print(output, action.action, `${target} ${of} is ${action.status}${reason}`);
  const inputs = Object.entries(action.inputs).map(([name, value]) => `${name}=${JSON.stringify(value)}`);
  section(output, "Why it began", explained.causes, (link) => {
    const own = link.action_id === action.id;
    const which = own ? "" : `${link.name} ${link.action_id}: `;
    const began: Line = [`${which}${link.cause}, asked by ${link.requested_by} at ${link.created_at}`];
    return own && inputs.length > 0 ? [began, [`with ${inputs.join(" ")}`]] : [began];
  });
  section(output, "What it waits for", explained.waiting, (each) => [
    [each.text],
    ...each.behind.map((who): Line => [`  behind ${who}`]),
  ]);
  section(output, "What policies decided", explained.decisions, decisionLines);
  section(output, "Who was asked", explained.approvals, (each) => {
    const by = each.answered_by === null ? "" : ` by ${each.answered_by}`;
    return [[`${each.message}  ${each.state}${by}${each.reason ? `: ${each.reason}` : ""}`, each.place]];
  });
  section(output, "What it did", explained.calls, (call) => {
    const counts = [
      call.done > 0 ? `${call.done} done` : "",
      call.failed > 0 ? `${call.failed} failed` : "",
      call.open > 0 ? `${call.open} under way` : "",
    ].filter((count) => count !== "");
    const what = `${call.undo ? "undo: " : ""}${call.operation}`;
    return [
      [`${what}  ${counts.join(", ")}`, call.place],
      ...call.failures.map((each): Line => [`  ${each.node}: ${each.failure?.message ?? "failed"}`]),
    ];
  });
  const said = explained.events.filter((event) => !event.name.startsWith("action."));
  section(output, "What was said", said, (event) => [
    [`${event.level} ${event.name}${event.message === "" ? "" : ` ${event.message}`}`],
  ]);
  if (explained.frame !== null) {
    output.line(output.paint("bold", "\nWhere it failed"));
    output.line(indent(printable(explained.frame)));
  }
}

function printNode(explained: NodeExplanation, output: Output): void {
  const { node, cluster } = explained;
  const of = cluster === null ? "" : ` of ${cluster.name} (${cluster.status})`;
  const health = node.healthy ? "healthy" : "not healthy";
  print(output, node.name, `${of} is ${node.status}, ${health}: ${node.status_reason}`);
  const changes = Object.entries(node.changes).map(([name, value]) => `${name}=${JSON.stringify(value)}`);
  if (changes.length > 0) output.line(printable(`  differs from its profile: ${changes.join(" ")}`));
  section(output, "What was done with it, newest first", explained.calls, (call) => {
    const failure = call.state === "failed" ? `: ${call.failure?.message ?? "failed"}` : "";
    const what = `${call.undo ? "undo: " : ""}${call.operation} ${call.state}${failure}`;
    return [[`${call.created_at}  ${what}`, `${call.action_name} ${call.action_id} ${call.place}`]];
  });
  section(output, "What was decided about its cluster, newest first", explained.decisions, (each) => {
    const touched = each.operations.length === 0 ? "it was left alone" : `it: ${each.operations.join(", ")}`;
    return [...decisionLines(each), [`  ${touched}`, each.action_id]];
  });
}

function decisionLines(each: DecisionAnswer): readonly Line[] {
  const reason = each.reason === "" ? "" : `: ${each.reason}`;
  const source = each.source === null ? "" : `  ${each.source}`;
  return [[`${each.policy} ${each.decision} (${each.action})${reason}`], ["", ` ${each.place}${source}`]];
}

function section<Item>(
  output: Output,
  title: string,
  items: readonly Item[],
  lines: (item: Item) => readonly Line[],
): void {
  if (items.length === 0) return;
  output.line(output.paint("bold", `\n${title}`));
  for (const [text, dim] of items.flatMap(lines)) {
    const behind =
      dim === undefined ? "" : ` ${output.paint("dim", ` ${printable(dim)}`)}`.slice(text === "" ? 1 : 0);
    output.line(`  ${printable(text)}${behind}`.trimEnd());
  }
}

function print(output: Output, name: string, text: string): void {
  output.line(`${output.paint("bold", printable(name))}${printable(text)}`);
}
