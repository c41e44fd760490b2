import { beforeAll, describe, expect, it } from "vitest";
import type { CheckResult } from "../../../engine/conformance/check.ts";
import type { ConformanceFile } from "../../../engine/conformance/conformance-file.ts";
import { functionChecks } from "../../../engine/conformance/checks/functions.ts";
import { pluginChecks } from "../../../engine/conformance/checks/plugin.ts";
import { kindChecks } from "../../../engine/conformance/kind-checks.ts";
import { profileChecks } from "../../../engine/conformance/profile-checks.ts";
import { runConformance } from "../../../engine/conformance/run-conformance.ts";
import { subjectOf } from "../../../engine/conformance/subject-of.ts";
import { type LoadedPlugin, loadPlugin } from "../../../engine/host/load-plugin.ts";

/** What fails; what builds on it is skipped. */
async function failures(
  plugin: LoadedPlugin,
  file: ConformanceFile,
  only: string | undefined,
): Promise<readonly CheckResult[]> {
  const results = await runConformance(subjectOf(plugin, file), only === undefined ? {} : { only });
  return results.filter(({ outcome }) => outcome === "failed");
}
/** A defect, the check that must find it, and which others may. */
type Defect = [defect: string, check: string, more?: readonly string[]];

const shelfDefects: readonly Defect[] = [
  ["doubles", "create-repeat", ["create-unseen", "create-overlap"]],
  ["doubles", "create-unseen"],
  ["races", "create-overlap"],
  ["one-for-all", "create-distinct", ["create-visible"]],
  ["slow", "create-answers"],
  ["starts-later", "create-runs", ["create-healthy"]],
  ["never-healthy", "create-healthy"],
  ["half-done", "create-lost-reply"],
  ["half-done", "create-timeout"],
  ["half-done", "create-crash"],
  ["leaves-scraps", "create-cancel"],
  ["finds-by-prefix", "find-by-key"],
  ["find-makes", "find-makes-nothing"],
  ["ghost", "get-gone"],
  ["extra-result", "create-visible"],
  ["deletes-once", "delete-repeat"],
  ["deletes-by-id-only", "delete-by-key"],
  ["misses", "delete-never-made"],
  ["delete-half", "delete-lost-reply"],
  ["delete-half", "delete-timeout"],
  ["delete-half", "delete-crash"],
  ["delete-half", "delete-cancel"],
  ["updates-nothing", "update-gone"],
  ["hopes", "update-gone"],
  ["update-stops", "update-repeat"],
  ["update-half", "update-lost-reply"],
  ["update-half", "update-timeout"],
  ["update-half", "update-crash"],
  ["update-half", "update-cancel"],
  ["throws-by-chance", "operations-repeat"],
  ["operation-half", "operations-lost-reply"],
  ["operation-half", "operations-timeout"],
  ["operation-half", "operations-crash"],
  ["operation-half", "operations-cancel"],
  ["start-lies", "stop-start"],
  ["toggles", "stop-start"],
  ["start-lies", "pause-resume"],
  ["start-lies", "suspend-resume"],
  ["restart-stops", "restart"],
  ["batch-promises", "batch-create"],
  ["batch-mixes-up", "batch-find"],
  ["batch-mixes-up", "batch-get"],
  ["batch-mixes-up", "batch-update"],
  ["batch-promises", "batch-delete"],
  ["refuses-retryably", "refused"],
  ["swallows-outages", "unreachable"],
  ["hides-refusals", "not-granted"],
  ["wrong-type", "function-answers"],
  ["function-once", "function-repeat"],
  ["function-swallows", "function-unreachable"],
  ["function-hides", "function-not-granted"],
  ["leaks", "no-leak"],
  ["undeclared-need", "needs-declared"],
];

/** The same of a policy type, a source, a notifier, a secret store and a lock service. */
const cabinetDefects: readonly Defect[] = [
  ["attaches-anew", "policy-attaches"],
  ["needs-nodes", "policy-decides"],
  ["by-chance", "policy-same-answer"],
  ["chooses-strangers", "policy-chooses-from-nodes"],
  ["denies-late", "policy-after-decides-nothing"],
  ["detaches-once", "policy-detaches"],
  ["swallows", "policy-unreachable"],
  ["begins-only", "source-begins"],
  ["tells-once", "source-repeat"],
  ["swallows", "source-unreachable"],
  ["deaf", "notifier-sends"],
  ["rings-once", "notifier-repeat"],
  ["swallows", "notifier-unreachable"],
  ["turns", "secret-reads"],
  ["knows-all", "secret-unknown"],
  ["swallows", "secret-unreachable"],
  ["everybody's", "lock-excludes"],
  ["not-again", "lock-repeat"],
  ["lock-races", "lock-overlap"],
  ["for-ever", "lock-expires"],
  ["swallows", "lock-unreachable"],
  ["leaks", "no-leak"],
];

it("each check of the suite has a defect that it finds", () => {
  const found = new Set([...shelfDefects, ...cabinetDefects].map(([, check]) => check));
  const all = [profileChecks, functionChecks, pluginChecks, ...Object.values(kindChecks)].flat();
  expect(all.map(({ name }) => name).filter((name) => !found.has(name))).toEqual([]);
});

const names = (results: readonly CheckResult[]) => results.map(({ check }) => check);

describe("a driver with one defect", () => {
  let plugin: LoadedPlugin;
  beforeAll(async () => {
    plugin = await loadPlugin("test/engine/conformance/shelf");
  });
  const run = (defect: string, only?: string) =>
    failures(
      plugin,
      {
        settings: { defect },
        operation_within: defect === "slow" ? 3000 : 30_000,
        calls: 2000,
        profiles: {
          box: {
            properties: { content: "plums" },
            changes: [{ content: "pears" }],
            refused: { properties: { content: "refused" }, code: "refused" },
            healthy_within: 500,
          },
        },
        functions: { boxes: {} },
      },
      only,
    );

  it("that has none passes", async () => {
    expect(await run("none")).toEqual([]);
  });

  it.each(shelfDefects)("%s fails %s", async (defect, check, more = []) => {
    // the check of the plugin as a whole sees what the others made it do
    const failed = names(await run(defect, check === "needs-declared" ? `delete-repeat,${check}` : check));
    expect(failed).toContain(check);
    expect(failed.filter((name) => name !== check && !more.includes(name))).toEqual([]);
  });

  it("is told with the value at fault and a way to mend it", async () => {
    const [found] = await run("doubles", "create-repeat");
    expect(found).toMatchObject({
      about: "profile box",
      check: "create-repeat",
      message: expect.stringMatching(/^the second create with one key gave \S+-\d+, not \S+-\d+$/),
      help: "name the resource after call.key, or look for the key first",
      proves: expect.stringContaining("worker"),
    });
  });
});

describe("a thing of another kind with one defect", () => {
  let plugin: LoadedPlugin;
  beforeAll(async () => {
    plugin = await loadPlugin("test/engine/conformance/cabinet");
  });
  const run = (defect: string, only?: string) =>
    failures(
      plugin,
      {
        settings: { defect },
        operation_within: 30_000,
        calls: 2000,
        secret_stores: { safe: { key: "password" } },
      },
      only,
    );

  it("that has none passes", async () => {
    expect(await run("none")).toEqual([]);
  });

  it.each(cabinetDefects)("%s fails %s", async (defect, check) => {
    const failed = await run(defect, check);
    expect(names(failed)).toEqual([check]);
    expect(failed[0]?.message).toMatch(/\S/);
  });
});

describe("the fake driver with a fault on", () => {
  let plugin: LoadedPlugin;
  beforeAll(async () => {
    plugin = await loadPlugin("plugins/fake");
  });
  const failure = (operation: string) => ({ failures: [{ operation }] });

  it.each<[fault: string, settings: object, check: string]>([
    ["latency", { latency: 60_000 }, "create-answers"],
    ["error_rate", { error_rate: 100 }, "create-answers"],
    ["lost_replies", { lost_replies: 100 }, "create-answers"],
    ["visible_after", { visible_after: 4000 }, "create-visible"],
    ["boot", { boot: 60_000 }, "create-healthy"],
    ["unhealthy", { unhealthy: Array.from({ length: 50 }, (_, i) => i + 1) }, "create-healthy"],
    ["broken_images", { broken_images: ["shop"] }, "create-healthy"],
    ["failures: create", failure("create"), "create-answers"],
    ["failures: get", failure("get"), "create-visible"],
    ["failures: find", failure("find"), "create-visible"],
    ["failures: delete", failure("delete"), "delete-repeat"],
    ["failures: update", failure("update"), "update-repeat"],
    ["failures: start", failure("start"), "operations-repeat"],
    ["failures: health", failure("health"), "create-healthy"],
    ["bugs: doubles", { bugs: ["doubles"] }, "create-unseen"],
    ["bugs: forgets", { bugs: ["forgets"] }, "create-visible"],
    ["bugs: finds_anything", { bugs: ["finds_anything"] }, "find-makes-nothing"],
    ["bugs: careless_delete", { bugs: ["careless_delete"] }, "delete-repeat"],
    ["bugs: half_batch", { bugs: ["half_batch"] }, "batch-create"],
    ["bugs: lies", { bugs: ["lies"] }, "create-visible"],
    ["bugs: bare_errors", { bugs: ["bare_errors"], ...failure("create") }, "create-answers"],
    ["bugs: never_ends", { bugs: ["never_ends"], takes: 100 }, "create-answers"],
    ["bugs: leaks", { bugs: ["leaks"] }, "no-leak"],
    ["bugs: blocks", { bugs: ["blocks"] }, "update-repeat"],
    ["bugs: reaches", { bugs: ["reaches"] }, "create-answers"],
  ])("%s fails the right check", async (_fault, settings, check) => {
    const file = {
      settings: settings as ConformanceFile["settings"] & object,
      operation_within: check === "create-answers" ? 3000 : 30_000,
      calls: 500,
      profiles: { server: { properties: { image: "shop/web:1" }, healthy_within: 300 } },
    };
    const failed = (await failures(plugin, file, check)).find((each) => each.check === check);
    expect(failed).toMatchObject({ check, about: check === "no-leak" ? "plugin" : "profile server" });
    expect(failed?.message).toMatch(/\S/);
  });

  it("passes late visibility when it says so", async () => {
    const file = {
      settings: { visible_after: 300 },
      profiles: { server: { properties: { image: "shop/web:1" }, visible_within: 2000 } },
    };
    expect(await failures(plugin, file, "create-")).toEqual([]);
  });
});
