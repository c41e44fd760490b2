import type { Output, Style } from "../output.ts";
import { cutToWidth } from "../progress-line.ts";
import { layTable } from "../table.ts";
import type { ActionAnswer } from "../wire.ts";

/** A cluster as far as the view shows it. */
export interface TopCluster {
  readonly name: string;
  readonly status: string;
  readonly desired_capacity: number;
  readonly nodes: readonly string[];
  readonly program?: string | null;
  readonly status_reason: string;
}

/** What the view shows: one look at the server. */
export interface TopView {
  readonly url: string;
  readonly clusters: readonly TopCluster[];
  /** Those that run and wait. */
  readonly actions: readonly ActionAnswer[];
  /** Why the server could not be asked the last time; what is shown is older then. */
  readonly trouble: string | null;
  readonly at: Date;
}

/** The view as lines that fit the terminal: at most `rows` of at most `columns` characters. */
export function renderTop(
  view: TopView,
  q: { columns: number; rows: number; output: Pick<Output, "paint"> },
): string[] {
  const { output } = q;
  const running = view.actions.filter(({ status }) => status === "RUNNING");
  const others = view.actions.filter(({ status }) => status !== "RUNNING");
  const time = view.at.toLocaleTimeString("en-GB");
  const counts = `${view.clusters.length} clusters  ${running.length} running  ${others.length} waiting`;
  const head = [`${output.paint("bold", "coppice top")}  ${view.url}  ${time}  ${counts}`];
  if (view.trouble !== null) head.push(output.paint("red", view.trouble));
  const room = Math.max(0, q.rows - head.length - 2); // an empty line above each table
  const actions = actionLines([...running, ...others], output);
  const clusters = clusterLines(view.clusters, output);
  const forActions = Math.min(actions.length, Math.max(Math.ceil(room / 2), room - clusters.length));
  const shown = [
    ...head,
    "",
    ...shorten(actions, forActions, output),
    "",
    ...shorten(clusters, room - forActions, output),
  ];
  return shown.slice(0, q.rows).map((line) => cutToWidth(line, q.columns + 1));
}

function clusterLines(clusters: readonly TopCluster[], output: Pick<Output, "paint">): string[] {
  const sorted = [...clusters].sort((a, b) => rank(a) - rank(b) || (a.name < b.name ? -1 : 1));
  const lines = layTable(
    output,
    ["CLUSTER", "STATUS", "NODES", "PROGRAM", "REASON"],
    sorted.map((cluster) => [
      cluster.name,
      cluster.status,
      `${cluster.nodes.length}/${cluster.desired_capacity}`,
      cluster.program ?? "-",
      cluster.status === "ACTIVE" ? "" : cluster.status_reason.split("\n")[0]!,
    ]),
  );
  return paintRows(lines, sorted, output);
}

function rank({ status }: TopCluster): number {
  const order = ["ERROR", "CRITICAL", "WARNING", "DEGRADED"];
  const at = order.indexOf(status);
  return at >= 0 ? at : status === "ACTIVE" ? order.length + 1 : order.length;
}

function actionLines(actions: readonly ActionAnswer[], output: Pick<Output, "paint">): string[] {
  const lines = layTable(
    output,
    ["ACTION", "TARGET", "STATUS", "DONE", "STEP", "ID"],
    actions.map(({ action, target_name: target, status, progress, id }) => [
      action,
      target || "-",
      status,
      progress?.total ? `${progress.done ?? 0}/${progress.total}` : "-",
      [progress?.operation ?? progress?.step, progress?.place].filter(Boolean).join(" ") || "-",
      id,
    ]),
  );
  return paintRows(lines, actions, output);
}

const styles: Readonly<Record<string, Style>> = {
  ERROR: "red",
  CRITICAL: "red",
  WARNING: "yellow",
  RUNNING: "green",
  READY: "dim",
};

function paintRows(
  [head = "", ...rows]: readonly string[],
  things: readonly { readonly status: string }[],
  output: Pick<Output, "paint">,
): string[] {
  const painted = rows.map((row, index) => {
    const style = styles[things[index]?.status ?? ""];
    return style === undefined ? row : output.paint(style, row);
  });
  return [head, ...painted];
}

/** The first lines that have room, and how many there are more. */
function shorten(lines: readonly string[], room: number, output: Pick<Output, "paint">): string[] {
  if (lines.length <= room) return [...lines];
  if (room <= 1) return [];
  return [...lines.slice(0, room - 1), output.paint("dim", `… and ${lines.length - room + 1} more`)];
}
