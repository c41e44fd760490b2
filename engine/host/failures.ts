import type { Manifest } from "../../plugins/sdk/manifest.ts";
import { cleanText } from "./clean-text.ts";
import type { ErrorDescription } from "./guest/isolate/errors.ts";
import type { GuestEnd } from "./guest-process.ts";
import { HostFailure } from "./plugin-host.ts";
import type { SourcePositions } from "./source-position.ts";

/** What a plugin threw. A `DriverError` is passed on; anything else is a bug, with the line of the plugin's own file. */
export function pluginFailure(
  manifest: Manifest,
  target: string,
  error: ErrorDescription,
  positions: SourcePositions,
): HostFailure {
  const message = cleanText(error.message);
  if (error.kind === "driver") {
    const code = /^[a-z][a-z0-9-]{0,63}$/.test(String(error.code)) ? String(error.code) : "driver-error";
    const help = error.help === undefined ? undefined : cleanText(error.help);
    return new HostFailure(message, { code, retryable: error.retryable === true, help });
  }
  const stack = cleanText(error.stack);
  const at = positions.where(stack);
  const where = at === undefined ? "" : ` at ${at}`;
  const title = `${cleanText(error.name, 100)}: ${message}`;
  return new HostFailure(`bug in plugin ${manifest.name} ${manifest.version}: ${target}: ${title}${where}`, {
    code: "plugin-bug",
    retryable: false,
    help: "tell the plugin's author",
    trace: positions.trace(title, stack),
  });
}

/**
 * What a lost guest means for a call that was in it. A call that was `alone` is the cause and would lose the next
 * guest too; where several ran, another may have been, so they may be tried again.
 */
export function endFailure(name: string, end: GuestEnd, alone: boolean, at: string | undefined): HostFailure {
  const where = at === undefined ? "" : ` at ${at}`;
  const shared = alone ? "" : " (other calls ran in the same guest)";
  switch (end.reason) {
    case "memory":
      return new HostFailure(`${name}: the plugin ran out of memory: ${end.message}${shared}`, {
        code: "plugin-memory",
        retryable: !alone,
      });
    case "stuck":
      return new HostFailure(`${name}: the plugin was stopped because it ${end.message}${shared}`, {
        code: "plugin-timeout",
        retryable: !alone,
      });
    case "load":
      return new HostFailure(`${name}: the plugin can't be loaded: ${end.message}${where}`, {
        code: "plugin-bug",
        retryable: false,
      });
    case "protocol":
      return new HostFailure(`${name}: the plugin's process was stopped because it ${end.message}`, {
        code: "plugin-crashed",
        retryable: !alone,
      });
    case "walls":
      return new HostFailure(`${name}: plugins are refused here: a guest ${end.message}`, {
        code: "walls-missing",
        retryable: false,
        help: "coppice doctor says how to mend it; COPPICE_STRICT=0 runs plugins all the same",
      });
    case "closed":
    case "neighbour":
    case "signal":
      return new HostFailure(`${name}: the plugin's process ${end.message}`, {
        code: "plugin-crashed",
        retryable: true,
      });
  }
}

/** The call took longer than it may; the plugin itself lives on. */
export function timeoutFailure(name: string, timeoutMs: number): HostFailure {
  return new HostFailure(`${name} took longer than ${timeoutMs} ms`, {
    code: "plugin-timeout",
    retryable: true,
    help: "give it more time with timeout",
  });
}
