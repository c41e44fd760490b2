/** The first module in every isolate: ours. The guest process calls its exports; plugin code never sees them. */
import type { Driver, Json } from "../../../../plugins/sdk/driver.ts";
import { describeDriver } from "./describe-driver.ts";
import { describeError } from "./errors.ts";
import { installGlobals } from "./globals.ts";
import { hostFor } from "./host.ts";
import { fireTimer } from "./timers.ts";
import { endCall, settleRequest, startCall, type Wires, wires } from "./wires.ts";

/** What the worker sends, as JSON. */
type Incoming =
  | {
      readonly t: "call";
      readonly id: number;
      readonly target: Target;
      readonly call: Json;
      readonly settings: Record<string, Json>;
    }
  | { readonly t: "reply"; readonly id: number; readonly ok: boolean; readonly value: Json }
  | { readonly t: "end"; readonly id: number }
  | { readonly t: "timer"; readonly id: number }
  | { readonly t: "probe" };

type Target = { readonly profile: string; readonly operation: string } | { readonly function: string };
type Operation = (host: unknown, call: Json) => unknown;

const { parse, stringify } = JSON;
const resultAtMost = 1024 * 1024;
const standard = new Set(["create", "find", "get", "delete", "update"]);
let driver: Driver | undefined;

/** Takes the ways out, each a plain function that copies its arguments, and sets the globals up. */
export function connect(
  post: Wires["post"],
  setTimer: Wires["setTimer"],
  randomBytes: Wires["randomBytes"],
  parseUrl: Wires["parseUrl"],
): void {
  Object.assign(wires, { post, setTimer, randomBytes, parseUrl });
  installGlobals();
}

/** Keeps the plugin's default export and says what it offers, as JSON. */
export function install(exported: unknown): string {
  driver = exported as Driver;
  return stringify(describeDriver(exported));
}

/** Every text from outside comes in here. */
export function dispatch(text: string): void {
  const m = parse(text) as Incoming;
  if (m.t === "call") void run(m);
  else if (m.t === "reply") settleRequest(m.id, m.ok, m.value);
  else if (m.t === "timer") fireTimer(m.id);
  else if (m.t === "end") {
    endCall(m.id);
    wires.post(`{"t":"ended","id":${m.id}}`);
  }
}

async function run(m: Incoming & { t: "call" }): Promise<void> {
  startCall(m.id);
  let answer: string;
  try {
    const value = await invoke(m.target, hostFor(m.id, m.settings), m.call);
    answer = stringify({ t: "done", id: m.id, ok: true, value: value === undefined ? null : value });
    if (answer.length > resultAtMost)
      throw new RangeError(`returned ${answer.length} bytes; a result has at most 1 MiB`);
  } catch (error) {
    answer = stringify({ t: "done", id: m.id, ok: false, error: describeError(error) });
  }
  endCall(m.id);
  wires.post(answer);
}

function invoke(target: Target, host: unknown, call: Json): unknown {
  const { profiles = {}, functions = {} } = driver as Driver;
  if ("function" in target) return (functions[target.function] as unknown as Operation)(host, call);
  const profile = profiles[target.profile] as unknown as Record<string, Operation> & {
    readonly operations: Record<string, Operation>;
  };
  const holder = standard.has(target.operation) ? profile : profile.operations;
  return (holder as Record<string, Operation>)[target.operation]?.(host, call);
}
