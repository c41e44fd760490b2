import { randomBytes } from "node:crypto";
import type { Account } from "../keystone.ts";
import { Normaliser } from "./normalise.ts";
import type { ExchangeRequest } from "./parse-requests.ts";

/** What is asked, and as whom. */
export interface Target {
  /** `http://127.0.0.1:8777`, without a slash at its end. */
  readonly url: string;
  readonly accounts: Readonly<Record<string, Account>>;
  /** How long an action may take; 120 s when it's left out. */
  readonly patienceSeconds?: number;
}

/** One normalised answer, as text that people read and tests compare. */
export interface Answer {
  readonly request: ExchangeRequest;
  readonly text: string;
  /** Placeholders that no earlier answer could fill; `nothing` was sent in their place. */
  readonly missing: readonly string[];
}

interface Kept {
  readonly body: unknown;
  readonly action: string;
}

const headersShown = [
  "OpenStack-API-Version",
  "Vary",
  "Content-Type",
  "Location",
  "WWW-Authenticate",
  "Retry-After",
];

/** Sends the requests in their order and gives the answers, normalised. */
export async function playRequests(
  requests: readonly ExchangeRequest[],
  target: Target,
): Promise<readonly Answer[]> {
  const normaliser = new Normaliser();
  const run = `r${randomBytes(4).toString("hex")}`;
  normaliser.know(target.url, "base");
  normaliser.know(run, "run");
  for (const [name, account] of Object.entries(target.accounts)) {
    normaliser.know(account.project, `${name}.project`);
    normaliser.know(account.user, `${name}.user`);
  }
  const kept = new Map<string, Kept>();
  const answers: Answer[] = [];
  for (const request of requests) {
    const missing: string[] = [];
    const fill = (text: string) => fillIn(text, { run, kept, target, missing });
    const headers: Record<string, string> = {};
    if (request.version !== "none")
      headers["OpenStack-API-Version"] = /^(\d+\.\d+|latest)$/.test(request.version)
        ? `clustering ${request.version}`
        : request.version;
    const token = tokenOf(request, target);
    if (token !== undefined) headers["X-Auth-Token"] = token;
    if (request.body !== undefined) headers["Content-Type"] = "application/json";
    for (const [name, value] of Object.entries(request.headers)) headers[name] = fill(value);
    for (const name of Object.keys(headers)) if (headers[name] === "-") delete headers[name];
    if (request.pauseSeconds > 0) await pause(request.pauseSeconds * 1000);
    const response = await fetch(target.url + fill(request.path), {
      method: request.method,
      headers,
      redirect: "manual",
      ...(request.body !== undefined && { body: Buffer.from(fill(request.body)) }),
    });
    const raw = await response.text();
    const body = parsed(raw);
    const action = response.headers.get("location")?.split("/").at(-1) ?? actionIn(body);
    if (request.name !== undefined) {
      kept.set(request.name, { body, action });
      normaliser.learn(body, request.name);
      if (action !== "") normaliser.know(action, `${request.name}.action`);
    } else if (action !== "") normaliser.know(action, `action of: ${request.title}`);
    const lines = [`${response.status} ${response.statusText}`];
    for (const name of headersShown) {
      const value = response.headers.get(name);
      if (value !== null) lines.push(`${name}: ${normaliser.text(value)}`);
    }
    if (raw !== "")
      lines.push(
        "",
        body === undefined ? normaliser.text(raw).trimEnd() : JSON.stringify(normaliser.json(body), null, 2),
      );
    if (response.status === 202 && action !== "" && !request.running)
      lines.push("", normaliser.text(await ended(action, request, target)));
    answers.push({ request, text: lines.join("\n"), missing });
  }
  return answers;
}

function tokenOf(request: ExchangeRequest, target: Target): string | undefined {
  if (request.as === "none") return undefined;
  if (request.as === "bad") return "no-token-at-all";
  const account = target.accounts[request.as];
  if (account === undefined)
    throw new Error(
      `line ${request.line}: there is no account "${request.as}"; there is ${Object.keys(target.accounts).join(", ")}, none, bad`,
    );
  return account.token;
}

function parsed(raw: string): unknown {
  try {
    return JSON.parse(raw);
  } catch {
    return undefined;
  }
}

function actionIn(body: unknown): string {
  const action = (body as { action?: unknown } | undefined)?.action;
  return typeof action === "string" ? action : "";
}

function fillIn(
  text: string,
  known: { run: string; kept: ReadonlyMap<string, Kept>; target: Target; missing: string[] },
): string {
  return text.replace(/\{\{([\w.-]+)(?::(\d+))?\}\}/g, (whole, path: string, length?: string) => {
    const value = valueAt(path.split("."), known);
    if (typeof value !== "string" && typeof value !== "number") {
      known.missing.push(whole);
      return "nothing";
    }
    return String(value).slice(0, length === undefined ? undefined : Number(length));
  });
}

function valueAt(
  [first = "", ...rest]: readonly string[],
  { run, kept, target }: { run: string; kept: ReadonlyMap<string, Kept>; target: Target },
): unknown {
  if (first === "run") return run;
  const account = target.accounts[first];
  if (account !== undefined) return account[rest[0] as "project" | "user"];
  const answer = kept.get(first);
  if (rest.length === 1 && rest[0] === "action" && answer !== undefined && answer.action !== "")
    return answer.action;
  return rest.reduce<unknown>(
    (value, key) => (value as Record<string, unknown> | undefined)?.[key],
    answer?.body,
  );
}

/** How the action ended: `CLUSTER_CREATE SUCCEEDED: Cluster creation succeeded.` */
async function ended(id: string, request: ExchangeRequest, target: Target): Promise<string> {
  const token = (target.accounts["admin"] ?? target.accounts[request.as])?.token ?? "";
  const until = Date.now() + (target.patienceSeconds ?? 120) * 1000;
  for (;;) {
    const response = await fetch(`${target.url}/v1/actions/${id}`, { headers: { "X-Auth-Token": token } });
    const { action } = (await response.json()) as { action?: Record<string, unknown> };
    if (action === undefined) return `the action can't be read: ${response.status}`;
    const { action: what, status, status_reason: reason } = action;
    if (["SUCCEEDED", "FAILED", "CANCELLED"].includes(String(status))) return `${what} ${status}: ${reason}`;
    if (Date.now() > until) return `${what} is still ${status}: ${reason}`;
    await pause(150);
  }
}

function pause(milliseconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, milliseconds));
}
