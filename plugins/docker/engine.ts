import { DriverError, type Json } from "../sdk/driver.ts";
import type { Host, HttpResponse } from "../sdk/host.ts";

const version = "/v1.40";

interface Expectation {
  /** Statuses that are fine. */
  readonly ok: readonly number[];
  /** What a status means, for the operator: code and help. These are not tried again. */
  readonly fatal?: Readonly<Record<number, { readonly code: string; readonly help?: string }>>;
}

/**
 * One request to the engine. A status that isn't expected becomes a `DriverError` with the engine's own message:
 * 5xx and 409 may pass, everything else won't.
 */
export async function ask(
  host: Host,
  method: "GET" | "POST" | "DELETE",
  path: string,
  expected: Expectation,
  body?: Json,
): Promise<HttpResponse> {
  const socket = String(host.settings["socket"]);
  const answer = await host.socket(socket, {
    method,
    url: version + path,
    timeout: 120_000,
    ...(body === undefined ? {} : { body }),
  });
  if (expected.ok.includes(answer.status)) return answer;
  const said = (answer.json as { message?: unknown } | null)?.message ?? answer.text.slice(0, 500);
  const fatal = expected.fatal?.[answer.status];
  const message = `docker: ${method} ${path.replace(/\?.*$/, "")}: ${said} (${answer.status})`;
  if (fatal !== undefined) {
    const { code, help } = fatal;
    throw new DriverError(message, { code, retryable: false, ...(help === undefined ? {} : { help }) });
  }
  const retryable = answer.status >= 500 || answer.status === 409;
  throw new DriverError(message, { code: retryable ? "engine-failed" : "engine-refused", retryable });
}
