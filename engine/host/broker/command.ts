import { constants } from "node:fs";
import { access, stat } from "node:fs/promises";
import { checkProperties } from "../../../plugins/sdk/check-values.ts";
import type { CommandLimits, CommandRequest } from "../../../plugins/sdk/host.ts";
import type { PropertySchemas } from "../../../plugins/sdk/manifest.ts";
import { type CommandView, isSystem, type JailableCommand, jailCommand } from "../jail/command-jail.ts";
import { findTools } from "../jail/find-jail.ts";
import { HostFailure } from "../plugin-host.ts";
import type { Capability } from "./broker-call.ts";
import type { BrokerSettings } from "./broker-settings.ts";
import { requireGrant } from "./grants.ts";
import { badRequest } from "./http-request.ts";
import { notRun, runProcess } from "./run-process.ts";
import { shown } from "./shown.ts";

const limit = { type: "Int", minimum: 1 } as const;
const paths = {
  type: "List",
  of: { type: "String", pattern: "/[^\\u0000\\n]*" },
  default: [],
} as const;
const requestSchema: PropertySchemas = {
  executable: { type: "String", required: true, pattern: "/[^\\u0000]*" },
  arguments: { type: "List", of: { type: "String", pattern: "[^\\u0000]*" }, default: [] },
  environment: { type: "Map", of: { type: "String", pattern: "[^\\u0000]*" }, default: {} },
  stdin: { type: "String", default: "" },
  cwd: { type: "String", pattern: "/[^\\u0000]*", default: "/" },
  timeout: { type: "Int", minimum: 1, maximum: 86_400_000, default: 60_000 },
  events: { type: "Bool", default: false },
  limits: {
    type: "Record",
    fields: {
      memory: { ...limit, minimum: 1024 * 1024 },
      cpuSeconds: limit,
      fileSize: limit,
      openFiles: limit,
    },
  },
  jail: { type: "Record", fields: { read: paths, write: paths, network: { type: "Bool", default: false } } },
};
const prlimit = "/usr/bin/prlimit";

/**
 * `host.command`: a granted executable with a list of arguments, nothing inherited, in a process group of its own,
 * under the kernel's limits when it asks for them.
 */
export function commandCapability({ jailCommands }: Pick<BrokerSettings, "jailCommands">): Capability {
  return {
    limited: true,
    target: (input) => shown((input as { executable?: unknown } | null)?.executable, 500),
    async run(call, input) {
      if (call.manifest.tier !== "commands")
        throw new HostFailure(
          `plugin ${call.manifest.name} is of the tier ${call.manifest.tier} and can't run commands`,
          {
            code: "not-granted",
            retryable: false,
            help: 'the plugin\'s author declares "tier": "commands" in plugin.json',
          },
        );
      const checked = checkProperties(requestSchema, input);
      if (!checked.ok) throw badRequest(checked.problems.map((p) => `${p.path} ${p.message}`).join("; "));
      const q = checked.value as unknown as Required<Omit<CommandRequest, "limits" | "jail">> & {
        readonly limits?: CommandLimits;
        readonly jail?: CommandView;
      };
      requireGrant(call, "command", q.executable);
      await requireRunnable(q.executable, q.cwd);
      const { limits, events, jail = jailCommands ? nothing : undefined, ...process } = q;
      const bounded =
        limits === undefined ? process : { ...process, ...(await underLimits(process, limits)) };
      const command =
        jail === undefined ? bounded : { ...bounded, ...(await inJail(bounded, jail, q.executable)) };
      const result = await runProcess(
        { ...command, name: q.executable },
        call.signal,
        events ? call.onEvent : () => {},
      );
      return {
        value: result,
        bytesIn: result.stdout.length + result.stderr.length,
        bytesOut: q.stdin.length,
      };
    },
  };
}

const nothing: CommandView = { read: [], write: [], network: false };

/** The same command where it sees only what it asks for. */
async function inJail(command: JailableCommand, view: CommandView, name: string): Promise<JailableCommand> {
  const tools =
    process.platform === "linux" ? findTools() : `namespaces are Linux's, and this is ${process.platform}`;
  if (typeof tools === "string")
    throw new HostFailure(`${name} asks for a jail, and there is none on this worker: ${tools}`, {
      code: "jail-unavailable",
      retryable: false,
      help: "install util-linux on a kernel that lets users make namespaces; coppice doctor tells",
    });
  for (const path of [...view.read, ...view.write])
    if ((await stat(path).catch(() => null)) === null)
      throw notRun(name, `its jail wants ${path}, which is not there`);
  const odd = Object.keys(command.environment).find((variable) => !/^[A-Za-z_][A-Za-z0-9_]*$/.test(variable));
  if (odd !== undefined)
    throw badRequest(`environment has "${odd}"; in a jail names are letters, digits and _`);
  const read = [...view.read, name].filter((path) => !isSystem(path));
  return jailCommand(tools, { ...view, read }, command);
}

/** Says what is missing before anything else stands in front of the command. */
async function requireRunnable(executable: string, cwd: string): Promise<void> {
  await access(executable, constants.X_OK).catch((error: Error) => {
    throw notRun(executable, error.message, error);
  });
  const folder = await stat(cwd).catch(() => null);
  if (folder?.isDirectory() !== true) throw notRun(executable, `there is no folder ${cwd}`);
}

/** prlimit sets the limits and becomes the command. */
async function underLimits(
  { executable, arguments: given }: Pick<CommandRequest, "executable" | "arguments">,
  limits: CommandLimits,
): Promise<{ executable: string; arguments: string[] }> {
  await access(prlimit, constants.X_OK).catch(() => {
    throw new HostFailure(`${executable} asks for limits, and there is no ${prlimit} on this worker`, {
      code: "limits-unavailable",
      retryable: false,
      help: "install util-linux",
    });
  });
  const flags = [
    "--core=0",
    ...flag("as", limits.memory),
    ...flag("cpu", limits.cpuSeconds),
    ...flag("fsize", limits.fileSize),
    ...flag("nofile", limits.openFiles),
  ];
  return { executable: prlimit, arguments: [...flags, "--", executable, ...(given ?? [])] };
}

function flag(name: string, value: number | undefined): string[] {
  return value === undefined ? [] : [`--${name}=${value}`];
}
