/** A refusal or failure of the host as plugins see it; `instanceof DriverError` holds by its name. */
export function refusal(o: {
  code: string;
  message: string;
  retryable: boolean;
  help?: string | undefined;
}): Error {
  const error = new Error(o.message);
  return Object.assign(error, { name: "DriverError", code: o.code, retryable: o.retryable, help: o.help });
}

/** An error as it leaves the isolate. */
export interface ErrorDescription {
  /** A `DriverError` speaks to the operator; everything else is a bug of the plugin. */
  readonly kind: "driver" | "bug";
  readonly name: string;
  readonly message: string;
  readonly stack: string;
  readonly code?: string;
  readonly retryable?: boolean;
  readonly help?: string;
}

const longest = 8 * 1024;

/** Texts cut to 8 KiB; never throws, whatever was thrown. */
export function describeError(error: unknown): ErrorDescription {
  try {
    if (!(error instanceof Error))
      return { kind: "bug", name: "Error", message: `threw ${cut(error)}`, stack: "" };
    const e = error as Error & { code?: unknown; retryable?: unknown; help?: unknown };
    const base = { name: cut(e.name), message: cut(e.message), stack: cut(e.stack) };
    if (e.name !== "DriverError" || typeof e.retryable !== "boolean") return { kind: "bug", ...base };
    const help = e.help === undefined ? {} : { help: cut(e.help) };
    return { kind: "driver", ...base, code: cut(e.code), retryable: e.retryable, ...help };
  } catch {
    return { kind: "bug", name: "Error", message: "threw something that can't be read", stack: "" };
  }
}

function cut(value: unknown): string {
  return String(value ?? "").slice(0, longest);
}
