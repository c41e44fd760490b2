import { readFile, stat } from "node:fs/promises";
import type { Logger } from "pino";
import { AccessConfigError } from "../access-config-error.ts";
import type { Caller, Target } from "../caller.ts";
import { checkHolds } from "./check-holds.ts";
import type { RuleName } from "./default-rules.ts";
import { type PolicyFileMistake, type Rules, readPolicyFile } from "./read-policy-file.ts";

/** How often the file's time, size and place are looked at: a change counts after at most so long. */
export const policyFileLookMs = 1000;

/** The rules as the policy file says them now. Without a file: the defaults. */
export class PolicyRules {
  readonly #logger: Logger;
  #rules: Rules;
  /** What the file looked like before it was read. */
  #seen: string;
  #timer: NodeJS.Timeout | undefined;
  #closed = false;

  private constructor(seen: string, rules: Rules, logger: Logger) {
    this.#seen = seen;
    this.#rules = rules;
    this.#logger = logger;
  }

  /** Reads the file and follows it. Throws `AccessConfigError` when it can't be read or doesn't hold. */
  static async open(q: { file: string | null; logger: Logger; lookMs?: number }): Promise<PolicyRules> {
    const seen = q.file === null ? "" : await looksOf(q.file);
    const rules = q.file === null ? defaultsAlone() : await readRules(q.file);
    const opened = new PolicyRules(seen, rules, q.logger);
    if (q.file !== null) opened.#lookAgain(q.file, q.lookMs ?? policyFileLookMs);
    return opened;
  }

  /** Whether a rule holds for a caller and an object's owner; without one, the caller is taken as the owner. */
  holds(rule: RuleName, caller: Caller, target: Target = caller): boolean {
    const check = this.#rules.checks.get(rule);
    if (check === undefined) throw new Error(`no rule "${rule}"`); // the type says there is
    return checkHolds(check, caller, target, this.#rules.checks);
  }

  /** The rule as it is written, for people. */
  textOf(rule: RuleName): string {
    return this.#rules.texts.get(rule) ?? "";
  }

  close(): void {
    clearTimeout(this.#timer);
    this.#closed = true;
  }

  /** At the path, so that it doesn't matter whether the file is written, replaced, or a link that turns. */
  #lookAgain(file: string, lookMs: number): void {
    this.#timer = setTimeout(async () => {
      const looks = await looksOf(file);
      if (looks !== this.#seen) {
        this.#seen = looks;
        await this.#readAgain(file);
      }
      if (!this.#closed) this.#lookAgain(file, lookMs);
    }, lookMs).unref();
  }

  async #readAgain(file: string): Promise<void> {
    try {
      this.#rules = await readRules(file);
      this.#logger.info({ file }, "the policy file has changed: its rules count from now on");
    } catch (error) {
      this.#logger.error(
        { err: error },
        "the policy file has changed and is refused: the rules before it still count",
      );
    }
  }
}

/** Changes with whatever happens to the file. */
async function looksOf(file: string): Promise<string> {
  const found = await stat(file, { bigint: true }).catch(() => null);
  return found === null ? "absent" : [found.dev, found.ino, found.size, found.mtimeNs, found.ctimeNs].join();
}

function defaultsAlone(): Rules {
  const read = readPolicyFile("");
  if (!read.ok) throw new Error(`the default rules don't hold: ${read.mistakes[0]?.message}`);
  return read.rules;
}

async function readRules(file: string): Promise<Rules> {
  const text = await readFile(file, "utf8").catch((cause: Error) => {
    throw new AccessConfigError(
      `the policy file ${file} can't be read: ${cause.message}`,
      "mend the path in COPPICE_RULES_FILE, or unset it: then the default rules count",
      cause,
    );
  });
  const read = readPolicyFile(text);
  if (read.ok) return read.rules;
  throw new AccessConfigError(
    read.mistakes.map((mistake) => describe(file, mistake)).join("\n"),
    "mend the file: none of it counts until all of it holds (bad-policy-file)",
  );
}

/** `policy.yaml:12:1: there is no rule "clusters:delte"; did you mean "clusters:delete"?` */
function describe(file: string, { line, column, message, help }: PolicyFileMistake): string {
  return `${file}:${line}:${column}: ${message}${help === undefined ? "" : `; ${help}`}`;
}
