import { type Command, Option } from "commander";
import { dataKinds } from "../../stack/set-aside.ts";
import type { StackState } from "../../stack/stack-state.ts";
import { newCommand } from "../command.ts";
import { addConfigOptions } from "../config-options.ts";
import { type Output, type OutputOptions, openOutput } from "../output.ts";

interface UpOptions extends OutputOptions {
  readonly detach?: boolean;
  readonly setAside?: "postgres" | "temporal" | "all";
}

/** `coppice up` */
export function upCommand(): Command {
  const command = newCommand("up", {
    summary: "start everything on this machine",
    description:
      "Starts Postgres, Temporal with its UI, the API and a worker, and keeps them running until Ctrl-C. State is kept in\n" +
      "COPPICE_HOME (~/.local/share/coppice). With DATABASE_URL or TEMPORAL_ADDRESS set, that part is not started.\n" +
      "Each option may also be a variable (--api-port, COPPICE_API_PORT) or a line of coppice.yaml in the home.",
    examples: [
      ["coppice up", "in the foreground, until Ctrl-C"],
      ["coppice up --detach", "in the background; coppice down stops it"],
      ["COPPICE_SECRET_ENV=CLOUD_PASSWORD coppice up", "programs may use that variable as a secret"],
      ["COPPICE_HOME=/srv/other coppice up", "a second one beside it"],
      [
        "coppice up --keystone-url http://127.0.0.1:5000/v3 --api-port 8777",
        "for Keystone's users, where Senlin was",
      ],
      ["coppice up --set-aside temporal", "after its file was damaged: keep it aside, start empty"],
    ],
  })
    .option("-d, --detach", "run in the background; returns when it is ready")
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
  return addConfigOptions(command, { reader: "up", flagsOf: ["up", "api", "worker"] });
}

async function upHere(options: UpOptions, output: Output): Promise<void> {
  const [{ currentConfig }, { startStack }, { collectWhenIdle }, { untilStopped }] = await Promise.all([
    import("../../config/current-config.ts"),
    import("../../stack/start-stack.ts"),
    import("../collect-when-idle.ts"),
    import("../until-stopped.ts"),
  ]);
  const stopped = untilStopped();
  const stack = await startStack({
    config: currentConfig(),
    ...(options.setAside ? { setAside: options.setAside === "all" ? dataKinds : [options.setAside] } : {}),
    say: (line) => output.note(output.paint("dim", line)),
  });
  printStack(stack.state(), output);
  output.note("Stop it with Ctrl-C.");
  collectWhenIdle();
  await stopped;
  output.note("Stopping …");
  await stack.stop();
}

async function upDetached(options: UpOptions, output: Output): Promise<void> {
  const { startDetached } = await import("../start-detached.ts");
  const flags = ["up"];
  if (options.setAside) flags.push("--set-aside", options.setAside);
  printStack(await startDetached(flags), output);
  output.note("Stop it with: coppice down");
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
