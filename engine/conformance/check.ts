import { HostFailure } from "../host/plugin-host.ts";

/** One thing that the engine relies on, asked of a plugin. `B` is what it works with. */
export interface Check<B> {
  /** For `skip` and for machines: `create-repeat`. Never reused for another thing. */
  readonly name: string;
  /** What a plugin that passes does: `creates once, however often the same key asks`. */
  readonly title: string;
  /** What goes wrong in a real cluster when it doesn't. */
  readonly proves: string;
  /** Checks without which this one means nothing: it is skipped when one of them didn't pass. */
  readonly after?: readonly string[];
  /** Whether the plugin offers what this is about at all; if not, nobody hears of the check. */
  readonly applies?: (bench: B) => boolean;
  /** Why it can't be asked although it should be; `null` when it can. */
  readonly skip?: (bench: B) => string | null;
  /** Throws `CheckFailure`, or what the plugin threw. */
  readonly run: (bench: B) => Promise<void>;
}

/** What a plugin did instead of what it should, and how its author mends it. */
export class CheckFailure extends Error {
  readonly help: string | undefined;

  constructor(message: string, options: { help?: string; cause?: unknown } = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.name = "CheckFailure";
    this.help = options.help;
  }
}

/** What a check found. */
export interface CheckResult {
  readonly check: string;
  /** `profile jar`, `function ping`. */
  readonly about: string;
  readonly title: string;
  readonly proves: string;
  readonly outcome: "passed" | "failed" | "skipped";
  /** Why it failed or was skipped. */
  readonly message?: string;
  readonly help?: string;
  readonly milliseconds: number;
}

/** Runs one check and says how it went. Throws only for what is a bug of the suite. */
export async function runCheck<B>(check: Check<B>, about: string, bench: B): Promise<CheckResult> {
  const started = performance.now();
  const { name, title, proves } = check;
  const end = (more: Pick<CheckResult, "outcome" | "message" | "help">): CheckResult => {
    const milliseconds = Math.round(performance.now() - started);
    return { check: name, about, title, proves, ...more, milliseconds };
  };
  try {
    await check.run(bench);
    return end({ outcome: "passed" });
  } catch (error) {
    if (!(error instanceof CheckFailure) && !(error instanceof HostFailure)) throw error;
    const message = error instanceof HostFailure ? describeFailure(error) : error.message;
    return end({
      outcome: "failed",
      message,
      ...(error.help === undefined ? {} : { help: error.help }),
    });
  }
}

/** `image-not-found (for good): no such image`. */
export function describeFailure(failure: HostFailure): string {
  return `${failure.code} (${failure.retryable ? "may be tried again" : "for good"}): ${failure.message}`;
}
