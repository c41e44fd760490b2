import { setTimeout } from "node:timers/promises";
import type { ApiClient } from "../api-client.ts";
import { CliError } from "../cli-error.ts";
import { exitCodes } from "../exit-codes.ts";
import { findServer } from "../find-server.ts";
import type { Output } from "../output.ts";
import type { ActionAnswer } from "../wire.ts";
import { renderTop, type TopCluster, type TopView } from "./render-top.ts";

/** Shows the view until q or Ctrl-C, or prints it once. A server that goes away is asked again; the view says so. */
export async function runTop(q: { intervalMs: number; once: boolean; output: Output }): Promise<void> {
  const { output } = q;
  const api = findServer();
  if (q.once) {
    const view = await look(api);
    output.data({ clusters: view.clusters, actions: view.actions });
    const size = { columns: Number.MAX_SAFE_INTEGER, rows: Number.MAX_SAFE_INTEGER };
    for (const line of renderTop(view, { ...size, output })) output.line(line);
    return;
  }
  if (process.stdout.isTTY !== true || process.stdin.isTTY !== true || output.json) {
    throw new CliError(exitCodes.usage, "top draws on a terminal, and this is none", {
      help: "Print it once with: coppice top --once",
    });
  }
  await live({ ...q, api });
}

async function live(q: { api: ApiClient; intervalMs: number; output: Output }): Promise<void> {
  const { stdin, stdout } = process;
  const stop = new AbortController();
  let view: TopView = { ...(await look(q.api)) }; // what is wrong at the start is said plainly
  const draw = () => {
    const { columns, rows } = stdout;
    const lines = renderTop(view, { columns, rows, output: q.output });
    stdout.write(`${home}${lines.map((line) => `${line}${clearLine}`).join("\r\n")}${clearBelow}`);
  };
  const onKey = (key: Buffer) => {
    if (["q", "Q", "\u0003", "\u001b"].includes(key.toString())) stop.abort();
  };
  const onSignal = () => stop.abort();
  stdout.write(openScreen);
  stdin.setRawMode(true).resume().on("data", onKey);
  stdout.on("resize", draw);
  process.on("SIGTERM", onSignal);
  try {
    while (!stop.signal.aborted) {
      draw();
      await setTimeout(q.intervalMs, undefined, { signal: stop.signal }).catch(() => {});
      if (stop.signal.aborted) break;
      view = await look(q.api).catch((error: unknown) => ({ ...view, trouble: describe(error) }));
    }
  } finally {
    stdout.off("resize", draw);
    process.off("SIGTERM", onSignal);
    stdin.off("data", onKey).setRawMode(false).pause();
    stdout.write(closeScreen);
  }
}

const openScreen = "\u001b[?1049h\u001b[?25l"; // the other screen, without a cursor
const closeScreen = "\u001b[?25h\u001b[?1049l";
const home = "\u001b[H";
const clearLine = "\u001b[K";
const clearBelow = "\u001b[J";

/** One bounded look: the clusters that changed last, and the oldest actions that run and wait. */
async function look(api: ApiClient): Promise<TopView> {
  const [{ clusters }, { actions }] = await Promise.all([
    api.call<{ clusters: readonly TopCluster[] }>("GET", "/v1/clusters?limit=200&sort=updated_at:desc"),
    api.call<{ actions: readonly ActionAnswer[] }>(
      "GET",
      "/v1/actions?status=RUNNING&status=READY&limit=200&sort=created_at",
    ),
  ]);
  return { url: api.url, clusters, actions, trouble: null, at: new Date() };
}

function describe(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
