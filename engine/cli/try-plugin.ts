import { readFileSync, statSync, writeFileSync } from "node:fs";
import { createInterface } from "node:readline";
import type { Json } from "../../grammar/plan.ts";
import type { AuditEntry } from "../host/broker/audit.ts";
import { targetName } from "../host/call-target.ts";
import { wallsAreRequired } from "../host/jail/strict.ts";
import { PluginError } from "../host/plugin-error.ts";
import type { HostFailure } from "../host/plugin-host.ts";
import { type InspectorServer, startInspector } from "../plugin-kit/inspector-server.ts";
import { type LogLevel, logLevels, Playground, type Trial } from "../plugin-kit/playground.ts";
import { callable, type Remembered, readTrial, usages } from "../plugin-kit/read-trial.ts";
import { CliError } from "./cli-error.ts";
import { exitCodes } from "./exit-codes.ts";
import { FileChanges } from "./file-changes.ts";
import type { Output } from "./output.ts";
import { playgroundSetup } from "./playground-setup.ts";
import { printable } from "./printable.ts";

/** `coppice plugin try PATH [OPERATION] [name=value...]` */
export interface TryRequest {
  readonly path: string;
  /** `null`: operations come line by line from stdin. */
  readonly operation: string | null;
  readonly arguments: readonly string[];
  readonly program: string | undefined;
  readonly set: readonly string[];
  readonly allow: readonly string[];
  readonly with: readonly string[];
  /** Keeps the plugin's records between two commands. */
  readonly state: string | undefined;
  readonly log: LogLevel;
  readonly watch: boolean;
  /** The inspector's port; `null`: no inspector. */
  readonly inspect: number | null;
  readonly timeoutMs: number;
  readonly output: Output;
}

const inspectedMs = 24 * 3_600_000;
const stops = ["SIGINT", "SIGTERM"] as const;

/** Calls a plugin by hand, in a real guest, and shows all that it did; whether the last call succeeded. */
export async function tryPlugin(q: TryRequest): Promise<boolean> {
  const inspector = q.inspect === null ? null : await openInspector(q, q.inspect);
  const records = q.state === undefined ? new Map() : readRecords(q.state);
  try {
    const playground = await Playground.open({
      path: q.path,
      records,
      ...(await playgroundSetup(q)),
      timeoutMs: inspector === null ? q.timeoutMs : inspectedMs,
      ...(inspector === null ? {} : { inspect: inspector.inspect }),
    });
    try {
      const made: Remembered = new Map();
      return q.operation === null
        ? await readLines(q, playground, made)
        : await callAgain(q, playground, made, q.operation);
    } finally {
      await playground.close();
    }
  } finally {
    if (q.state !== undefined) writeRecords(q.state, records);
    await inspector?.close();
  }
}

async function callAgain(
  q: TryRequest,
  playground: Playground,
  made: Remembered,
  operation: string,
): Promise<boolean> {
  const written = { operation, arguments: q.arguments };
  if (!q.watch) return tryOnce(q, playground, made, written);
  const stop = new AbortController();
  const changes = new FileChanges(stop.signal);
  const abort = () => stop.abort();
  for (const name of stops) process.on(name, abort);
  try {
    changes.add(q.path, { recursive: statSync(q.path).isDirectory() });
    let passed = await tryOnce(q, playground, made, written);
    for (;;) {
      q.output.note(q.output.paint("dim", "\nwaits for changes; Ctrl-C ends"));
      if (!(await changes.next())) return passed;
      try {
        if (await playground.reload()) passed = await tryOnce(q, playground, made, written);
      } catch (error) {
        if (!(error instanceof PluginError)) throw error;
        showError(q.output, error);
      }
    }
  } finally {
    changes.close();
    for (const name of stops) process.off(name, abort);
  }
}

async function readLines(q: TryRequest, playground: Playground, made: Remembered): Promise<boolean> {
  const { output } = q;
  const { manifest } = playground.plugin;
  output.note(`${manifest.name} ${manifest.version}: ${callable(manifest).join(", ")}`);
  output.note(
    "Write an operation and its arguments: create content=plums. help shows all, Ctrl-D ends. Changed files are loaded anew.",
  );
  let passed = true;
  const lines = createInterface({ input: process.stdin, terminal: false });
  for await (const line of lines) {
    const [operation, ...args] = wordsOf(line);
    if (operation === undefined) continue;
    if (operation === "help" && !callable(playground.plugin.manifest).includes("help")) {
      for (const usage of usages(playground.plugin.manifest)) output.note(`  ${usage}`);
      continue;
    }
    try {
      if (await playground.reload()) output.note(output.paint("dim", "(loaded anew)"));
      passed = await tryOnce(q, playground, made, { operation, arguments: args });
    } catch (error) {
      if (!(error instanceof PluginError)) throw error;
      passed = false;
      showError(output, error);
    }
  }
  return passed;
}

/** `create content="two words"` in parts; quotes hold blanks together. */
function wordsOf(line: string): readonly string[] {
  return [...line.matchAll(/(?:[^\s"']|"[^"]*"|'[^']*')+/g)].map(([word]) =>
    word.replace(/"([^"]*)"|'([^']*)'/g, (_, double, single) => double ?? single),
  );
}

async function tryOnce(
  q: TryRequest,
  playground: Playground,
  made: Remembered,
  written: { readonly operation: string; readonly arguments: readonly string[] },
): Promise<boolean> {
  const { target, call, key } = readTrial(playground.plugin.manifest, written, made);
  const trial = await playground.call(target, call);
  const name = targetName(target);
  if ("result" in trial.outcome && target.kind === "operation")
    remember(made, target.operation, key, call, trial.outcome.result);
  show(q, name, trial, target.kind === "other" && target.of === "secret_stores");
  return "result" in trial.outcome;
}

/** So that `get` after `create` means what was made. */
function remember(made: Remembered, operation: string, key: string, call: Json, result: Json): void {
  if (operation === "delete") made.delete(key);
  if (operation !== "create" && operation !== "find" && operation !== "update") return;
  const { properties, physicalId } = call as unknown as NonNullable<ReturnType<Remembered["get"]>>;
  const id = (result as { readonly physicalId?: unknown } | null)?.physicalId;
  made.set(key, { physicalId: typeof id === "string" ? id : physicalId, properties });
}

function show({ output, log }: TryRequest, name: string, trial: Trial, secret: boolean): void {
  const { outcome, events, audit, milliseconds } = trial;
  const asked = audit.filter(({ capability }) => capability !== "call"); // how the call ended is said above
  const logs = trial.logs.filter(({ level }) => logLevels.indexOf(level) >= logLevels.indexOf(log));
  const time = output.paint("dim", `${milliseconds.toFixed(1)} ms`);
  if ("result" in outcome)
    output.line(
      `${output.paint("green", "✔")} ${name} ${secret ? "(secret)" : printable(JSON.stringify(outcome.result))}  ${time}`,
    );
  else {
    const { code, message, retryable, help } = outcome.failure;
    const again = retryable ? "may be tried again" : "for good";
    output.line(`${output.paint("red", "✖")} ${name} ${code} (${again}): ${printable(message)}  ${time}`);
    if (help !== undefined) output.line(`  help   ${printable(help)}`);
  }
  for (const event of events) output.line(`  event  ${printable(event)}`);
  for (const { level, text } of logs) output.line(`  ${level.padEnd(6)} ${printable(text)}`);
  for (const entry of asked) output.line(`  asked  ${auditLine(entry)}`);
  output.data({
    call: name,
    ...("result" in outcome
      ? { result: secret ? null : outcome.result }
      : { failure: failureOf(outcome.failure) }),
    events,
    logs,
    audit: asked.map(({ capability, target, outcome: how, bytesIn, bytesOut, durationMs }) => ({
      capability,
      target,
      outcome: how,
      bytesIn,
      bytesOut,
      durationMs,
    })),
    milliseconds,
  });
}

function failureOf({ code, message, retryable, help }: HostFailure) {
  return { code, message, retryable, help: help ?? null };
}

function auditLine({ capability, target, outcome, bytesIn, bytesOut, durationMs }: AuditEntry): string {
  return `${capability} ${printable(target)}  ${outcome}  ${bytesOut} B out, ${bytesIn} B in, ${durationMs.toFixed(1)} ms`;
}

function showError(output: Output, { message, help }: PluginError): void {
  output.note(`${output.paint("red", "error")}: ${printable(message)}`);
  if (help !== undefined) output.note(`  help: ${printable(help)}`);
}

async function openInspector(q: TryRequest, port: number): Promise<InspectorServer> {
  if (wallsAreRequired())
    throw new CliError(exitCodes.refused, "a debugger is not let in while COPPICE_STRICT=1", {
      help: "it could change what the plugin does; unset COPPICE_STRICT where you develop",
    });
  const inspector = await startInspector({
    port,
    wait: q.operation !== null,
    onTarget: (webSocket, devTools) => {
      q.output.note(`debugger: ${webSocket}`);
      q.output.note(`Chrome: ${devTools}`);
      if (q.operation !== null) q.output.note("waits until a debugger is attached");
    },
  });
  q.output.note(`inspector on ${inspector.address}; VS Code: attach to this port`);
  return inspector;
}

type Records = Map<string, Map<string, string>>;

function readRecords(file: string): Records {
  let text: string;
  try {
    text = readFileSync(file, "utf8");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return new Map();
    throw error;
  }
  const document = JSON.parse(text) as Record<string, Record<string, string>>; // written below
  return new Map(
    Object.entries(document).map(([scope, records]) => [scope, new Map(Object.entries(records))]),
  );
}

function writeRecords(file: string, records: Records): void {
  const document = Object.fromEntries([...records].map(([scope, each]) => [scope, Object.fromEntries(each)]));
  writeFileSync(file, `${JSON.stringify(document, null, 2)}\n`);
}
