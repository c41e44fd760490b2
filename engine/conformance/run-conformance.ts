import { otherKinds } from "../../plugins/sdk/kinds.ts";
import { type Check, type CheckResult, runCheck } from "./check.ts";
import { functionChecks } from "./checks/functions.ts";
import { pluginChecks } from "./checks/plugin.ts";
import { FunctionBench } from "./function-bench.ts";
import { KindBench } from "./kind-bench.ts";
import { kindChecks, kindNames } from "./kind-checks.ts";
import { ProfileBench } from "./profile-bench.ts";
import { profileChecks } from "./profile-checks.ts";
import type { Subject } from "./subject.ts";
import { Workbench } from "./workbench.ts";

/** One check on one part of a plugin, ready to run. */
export interface BoundCheck {
  readonly name: string;
  /** `profile jar`, `function ping`. */
  readonly about: string;
  readonly title: string;
  /** Names of those on the same part that it builds on. */
  readonly after: readonly string[];
  run(): Promise<CheckResult>;
}

/** All checks of one plugin. They are run one after the other, in this order. */
export interface Conformance {
  readonly checks: readonly BoundCheck[];
  /** Deletes what was made, and stops the plugin. */
  close(): Promise<void>;
}

/** Why a check is left out, by its name. */
type Reasons = Readonly<Record<string, string>>;

/** Prepares the checks for a plugin; nothing of it runs yet. */
export function openConformance(subject: Subject): Conformance {
  const workbench = new Workbench(subject);
  const passed = new Set<string>();
  const checks: BoundCheck[] = [];
  const benches: ProfileBench[] = [];
  const add = <B>(all: readonly Check<B>[], about: string, bench: B, reasons: Reasons = {}) => {
    const applying = all.filter((check) => check.applies?.(bench) ?? true);
    checks.push(...applying.map((check) => bind(check, about, bench, reasons, passed)));
  };
  for (const [name, given] of Object.entries(subject.profiles)) {
    const schema = subject.plugin.manifest.profiles[name];
    if (schema === undefined) continue;
    const bench = new ProfileBench(workbench, name, schema, given);
    benches.push(bench);
    add(profileChecks, `profile ${name}`, bench, given.skip);
  }
  for (const name of Object.keys(subject.plugin.manifest.functions)) {
    const bench = new FunctionBench(workbench, name, subject.functions[name] ?? null);
    add(functionChecks, `function ${name}`, bench);
  }
  for (const kind of otherKinds) {
    for (const name of Object.keys(subject.plugin.manifest[kind] ?? {})) {
      const given = subject.others[`${kind}.${name}`] ?? { arguments: {}, key: null, skip: {} };
      const bench = new KindBench(workbench, kind, name, given);
      add(kindChecks[kind], `${kindNames[kind]} ${name}`, bench, given.skip);
    }
  }
  add(pluginChecks, "plugin", workbench);
  return {
    checks,
    async close() {
      for (const bench of benches) await bench.cleanUp();
      await workbench.close();
    },
  };
}

/** Runs the checks, or those with `only` (`create,find`) in their name and what they build on; `onResult` hears of each as it ends. */
export async function runConformance(
  subject: Subject,
  options: { readonly only?: string; readonly onResult?: (result: CheckResult) => void } = {},
): Promise<readonly CheckResult[]> {
  const { checks, close } = openConformance(subject);
  const results: CheckResult[] = [];
  try {
    for (const check of options.only === undefined ? checks : withGround(checks, options.only)) {
      const result = await check.run();
      results.push(result);
      options.onResult?.(result);
    }
  } finally {
    await close();
  }
  return results;
}

/** Names of the checks that apply to a plugin. */
export function checkNames(subject: Subject): readonly string[] {
  return [...new Set(openConformance(subject).checks.map(({ name }) => name))];
}

/** The checks that texts with commas between them name, with all that they build on, in the suite's order. */
function withGround(checks: readonly BoundCheck[], text: string): readonly BoundCheck[] {
  const wanted = new Set<BoundCheck>();
  const want = (check: BoundCheck): void => {
    if (wanted.has(check)) return;
    wanted.add(check);
    for (const other of checks)
      if (other.about === check.about && check.after.includes(other.name)) want(other);
  };
  const texts = text.split(",");
  for (const check of checks) if (texts.some((each) => check.name.includes(each))) want(check);
  return checks.filter((check) => wanted.has(check));
}

function bind<B>(
  check: Check<B>,
  about: string,
  bench: B,
  reasons: Reasons,
  passed: Set<string>,
): BoundCheck {
  const { name, title, proves } = check;
  return {
    name,
    about,
    title,
    after: check.after ?? [],
    async run() {
      const missing = check.after?.find((before) => !passed.has(`${about}: ${before}`));
      const reason =
        reasons[name] ??
        check.skip?.(bench) ??
        (missing === undefined ? null : `it means nothing unless ${missing} passes`);
      const result: CheckResult =
        reason === null
          ? await runCheck(check, about, bench)
          : { check: name, about, title, proves, outcome: "skipped", message: reason, milliseconds: 0 };
      if (result.outcome === "passed") passed.add(`${about}: ${name}`);
      return result;
    },
  };
}
