/** The first module in every isolate: ours. The guest process calls its exports; plugin code never sees them. */
import type { Json } from "../../../../plugins/sdk/driver.ts";
import { answerOf, answersOf } from "./answers.ts";
import { type DriverFunction, describeDriver } from "./describe-driver.ts";
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
      /** Where the function is: `profiles.box.create`. */
      readonly path: string;
      /** It takes many nodes and gives an answer for each. */
      readonly many?: boolean;
      readonly call: Json;
      readonly settings: Record<string, Json>;
    }
  | { readonly t: "reply"; readonly id: number; readonly ok: boolean; readonly value: Json }
  | { readonly t: "end"; readonly id: number }
  | { readonly t: "timer"; readonly id: number }
  | { readonly t: "probe" };

const { parse, stringify } = JSON;
const resultAtMost = 1024 * 1024;
const functions = new Map<string, DriverFunction>();

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

/** Keeps the functions of the plugin's default export and says what it offers, as JSON. */
export function install(exported: unknown): string {
  return stringify(describeDriver(exported, functions));
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
    const call = m.many ? (m.call as { readonly calls: Json }).calls : m.call;
    const value = await functions.get(m.path)?.(hostFor(m.id, m.settings), call);
    answer = stringify({ t: "done", id: m.id, ok: true, ...(m.many ? answersOf(value) : answerOf(value)) });
    if (answer.length > resultAtMost)
      throw new RangeError(`returned ${answer.length} bytes; a result has at most 1 MiB`);
  } catch (error) {
    answer = stringify({ t: "done", id: m.id, ok: false, error: describeError(error) });
  }
  endCall(m.id);
  wires.post(answer);
}
