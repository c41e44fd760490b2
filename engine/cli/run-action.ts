import { randomUUID } from "node:crypto";
import { findProgramOfAction } from "./find-program.ts";
import { findServer } from "./find-server.ts";
import type { Output } from "./output.ts";
import { printActionEnd } from "./print-action.ts";
import { readInputs } from "./read-inputs.ts";
import { watchAction } from "./watch-action.ts";
import type { ActionAnswer } from "./wire.ts";

export interface RunRequest {
  readonly action: string;
  /** `name=value` */
  readonly arguments: readonly string[];
  readonly program: string | undefined;
  readonly requestKey: string | undefined;
  /** Why a policy is to be passed over. */
  readonly override?: string | undefined;
  /** How it goes through its nodes: of the query of `POST /v1/actions`. */
  readonly pace?: Readonly<Record<string, string | undefined>>;
  readonly wait: boolean;
  readonly output: Output;
}

/** Starts an action and follows it to its end; the action as it was last seen. Ctrl-C stops following, not the action. */
export async function runAction(q: RunRequest): Promise<ActionAnswer> {
  const { output } = q;
  const api = findServer();
  const { program, parameters } = await findProgramOfAction(api, q.action, q);
  const inputs = readInputs(q.arguments, parameters);
  const pace = new URLSearchParams();
  for (const [name, value] of Object.entries(q.pace ?? {})) if (value !== undefined) pace.set(name, value);
  const query = pace.size === 0 ? "" : `?${pace}`;
  const { action } = await api.call<{ action: ActionAnswer }>("POST", `/v1/actions${query}`, {
    action: q.action,
    program,
    inputs,
    request_key: q.requestKey ?? randomUUID(), // a repeat after a lost answer starts nothing twice
    ...(q.override !== undefined && { override: { reason: q.override } }),
  });
  if (!q.wait) {
    output.line(action.id);
    output.data({ action });
    return action;
  }
  output.note(
    `${output.paint("bold", q.action)}${action.target_name && ` ${action.target_name}`}  ${output.paint("dim", action.id)}`,
  );
  const ended = await watchWithCtrlC(q, () => watchAction({ api, id: action.id, output }));
  printActionEnd(ended, output);
  output.data({ action: ended });
  return ended;
}

async function watchWithCtrlC<T>(q: RunRequest, work: () => Promise<T>): Promise<T> {
  const stop = () => {
    q.output.note(
      "\nThe action goes on. Look at it with: coppice show action ID; stop it with: coppice cancel ID",
    );
    process.exit(130);
  };
  process.once("SIGINT", stop);
  try {
    return await work();
  } finally {
    process.off("SIGINT", stop);
  }
}
