import { type Command, Option } from "commander";
import { dataKinds } from "../../stack/set-aside.ts";
import type { PortName, StackState } from "../../stack/stack-state.ts";
import { newCommand } from "../command.ts";
import { type Output, type OutputOptions, openOutput } from "../output.ts";
import { parsePort } from "../port-option.ts";

interface UpOptions extends OutputOptions {
  readonly detach?: boolean;
  readonly port?: number;
  readonly temporalPort?: number;
  readonly temporalUiPort?: number;
  readonly postgresPort?: number;
  readonly setAside?: "postgres" | "temporal" | "all";
}

/** `coppice up` */
export function upCommand(): Command {
  return newCommand("up", {
    summary: "start everything on this machine",
    description:
      "Starts Postgres, Temporal with its UI, the API and a worker, and keeps them running until Ctrl-C. State is kept in\n" +
      "COPPICE_HOME (~/.local/share/coppice). With DATABASE_URL or TEMPORAL_ADDRESS set, that part is not started.\n" +
      "COPPICE_SECRET_ENV (names parted by commas) and COPPICE_SECRET_DIR say what programs may read as secrets.",
    examples: [
      ["coppice up", "in the foreground, until Ctrl-C"],
      ["coppice up --detach", "in the background; coppice down stops it"],
      ["COPPICE_SECRET_ENV=CLOUD_PASSWORD coppice up", "programs may use that variable as a secret"],
      ["COPPICE_HOME=/srv/other coppice up", "a second one beside it"],
      ["coppice up --set-aside temporal", "after its file was damaged: keep it aside, start empty"],
    ],
  })
    .option("-d, --detach", "run in the background; returns when it is ready")
    .option("--port <port>", "port of the API (a free one)", parsePort)
    .option("--temporal-port <port>", "port of Temporal (a free one)", parsePort)
    .option("--temporal-ui-port <port>", "port of Temporal's UI (a free one)", parsePort)
    .option("--postgres-port <port>", "port of Postgres (a free one)", parsePort)
    .addOption(
      new Option("--set-aside <part>", "rename that part's data and start empty").choices([
        ...dataKinds,
        "all",
      ]),
    )
    .action(async (options: UpOptions) => {
      const output = openOutput(options);
      if (options.detach) await upDetached(options, output);
      else await upHere(options, output);
    });
}

async function upHere(options: UpOptions, output: Output): Promise<void> {
  const [{ startStack }, { findHome }, { untilStopped }] = await Promise.all([
    import("../../stack/start-stack.ts"),
    import("../../stack/home.ts"),
    import("../until-stopped.ts"),
  ]);
  const stopped = untilStopped();
  const stack = await startStack({
    home: findHome(),
    ...portsOf(options),
    ...(options.setAside ? { setAside: options.setAside === "all" ? dataKinds : [options.setAside] } : {}),
    say: (line) => output.note(output.paint("dim", line)),
  });
  printStack(stack.state(), output);
  output.note("Stop it with Ctrl-C.");
  await stopped;
  output.note("Stopping …");
  await stack.stop();
}

async function upDetached(options: UpOptions, output: Output): Promise<void> {
  const { startDetached } = await import("../start-detached.ts");
  const flags = ["up"];
  for (const [flag, port] of Object.entries({
    "--port": options.port,
    "--temporal-port": options.temporalPort,
    "--temporal-ui-port": options.temporalUiPort,
    "--postgres-port": options.postgresPort,
  })) {
    if (port !== undefined) flags.push(flag, String(port));
  }
  if (options.setAside) flags.push("--set-aside", options.setAside);
  printStack(await startDetached(flags), output);
  output.note("Stop it with: coppice down");
}

function portsOf(options: UpOptions): { ports?: Partial<Record<PortName, number>> } {
  const named = Object.entries({
    api: options.port,
    temporal: options.temporalPort,
    temporal_ui: options.temporalUiPort,
    postgres: options.postgresPort,
  }).filter(([, port]) => port !== undefined);
  return named.length === 0 ? {} : { ports: Object.fromEntries(named) };
}

/** Where everything is, once it is ready. */
export function printStack(state: StackState, output: Output): void {
  const { status, api_url, temporal_address, temporal_ui_url, ports } = state;
  output.line(`${output.paint("green", "Coppice is up.")}`);
  output.line(`  API          ${api_url}`);
  output.line(`  Temporal     ${temporal_address}`);
  if (temporal_ui_url) output.line(`  Temporal UI  ${temporal_ui_url}`);
  output.data({ status, api_url, temporal_address, temporal_ui_url, ports });
}
