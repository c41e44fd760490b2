import { readFileSync } from "node:fs";
import { builtinModules } from "node:module";
import path from "node:path";
import { expect, it } from "vitest";
import { readImports, sourceFiles } from "./support/imports.ts";

const root = path.join(import.meta.dirname, "..");

/**
 * Who may import whom. The first rule
 * whose folder holds a file applies to it; a file may always import its own folder.
 */
const rules: readonly { folder: string; may: readonly string[]; builtins?: false | readonly string[] }[] = [
  { folder: "grammar", may: [], builtins: ["node:crypto"] }, // hashing a plan; evaluate and slice do without (below)
  { folder: "plugins/sdk", may: [], builtins: false },
  { folder: "plugins", may: ["plugins/sdk"], builtins: false },
  { folder: "workflows", may: ["grammar"], builtins: false },
  { folder: "engine/builds", may: [] },
  { folder: "engine/config", may: ["grammar"] },
  { folder: "engine/store", may: ["grammar", "workflows"] },
  {
    folder: "engine/plugins",
    may: ["grammar", "engine/config", "plugins/sdk", "engine/host", "engine/stack"],
  },
  {
    folder: "engine/host",
    may: ["grammar", "engine/builds", "engine/config", "plugins/sdk", "engine/plugins"],
  },
  { folder: "engine/conformance", may: ["grammar", "plugins/sdk", "engine/host"] },
  { folder: "engine/plugin-kit", may: ["grammar", "plugins/sdk", "engine/host", "engine/conformance"] },
  { folder: "engine/temporal", may: ["grammar", "workflows", "engine/store", "engine/actions"] },
  { folder: "engine/access", may: ["grammar", "engine/config", "engine/store"] },
  {
    folder: "engine/actions",
    may: [
      "grammar",
      "engine/builds",
      "engine/config",
      "workflows",
      "plugins/sdk",
      "engine/store",
      "engine/host",
      "engine/plugins",
      "engine/specs",
    ],
  },
  {
    folder: "engine/receivers",
    may: ["grammar", "engine/access", "engine/actions", "engine/store"],
  },
  {
    folder: "engine/lifecycles",
    may: ["engine/access", "engine/actions", "engine/host", "engine/receivers", "engine/store"],
  },
  {
    folder: "engine/api",
    may: [
      "engine/lifecycles",
      "engine/receivers",
      "grammar",
      "engine/config",
      "workflows",
      "plugins/sdk",
      "engine/access",
      "engine/actions",
      "engine/store",
      "engine/host",
      "engine/plugins",
      "engine/specs",
      "engine/temporal",
    ],
  },
  { folder: "engine/health", may: ["grammar", "engine/actions", "engine/store", "engine/host"] },
  {
    folder: "engine/worker",
    may: [
      "grammar",
      "engine/builds",
      "engine/config",
      "workflows",
      "plugins/sdk",
      "engine/actions",
      "engine/health",
      "engine/lifecycles",
      "engine/store",
      "engine/host",
      "engine/temporal",
    ],
  },
  {
    folder: "engine/language-server",
    may: ["grammar", "engine/actions", "engine/host", "engine/plugins", "engine/cli"], // of cli: how imports are read from disk
  },
  {
    folder: "engine/local",
    may: [
      "grammar",
      "engine/config",
      "workflows",
      "plugins/sdk",
      "engine/actions",
      "engine/store",
      "engine/host",
      "engine/worker",
    ],
  },
  {
    folder: "engine/rehearsal",
    may: ["grammar", "workflows", "engine/local", "engine/actions"],
  },
  { folder: "engine/senlin-import", may: ["grammar"] },
  { folder: "engine/specs", may: ["grammar", "plugins/sdk"], builtins: false },
  {
    folder: "engine/stack",
    may: ["engine/config", "engine/store", "engine/actions", "engine/temporal", "engine/host/secrets"],
  },
  { folder: "engine/cli", may: ["grammar", "workflows", "plugins/sdk", "engine"] },
  { folder: "examples", may: ["plugins/sdk"] },
  { folder: "scripts", may: ["grammar", "workflows", "plugins", "engine", "test"] },
  { folder: "bench", may: ["grammar", "workflows", "plugins", "engine", "test"] },
  { folder: "docs", may: ["grammar", "engine"] },
  { folder: "editors/vscode", may: [] }, // speaks to the engine over the protocol alone
  {
    folder: "test",
    may: ["grammar", "workflows", "plugins", "engine", "editors", "examples", "bin", "bench", "scripts"],
  },
  { folder: "bin", may: ["engine/cli"] },
];
const help = "see the rules at the top of test/architecture.test.ts";

const files = sourceFiles(root);
const within = (file: string, folder: string) => file.startsWith(`${folder}/`);
const ruleOf = (file: string) => rules.find((rule) => within(file, rule.folder));
const local = new Map(
  files.map((file) => [
    file,
    readImports(path.join(root, file)).map((each) => ({ ...each, file: target(file, each.to) })),
  ]),
);

function target(from: string, to: string): string | null {
  return to.startsWith(".") ? path.posix.join(path.posix.dirname(from), to) : null;
}

it("finds the sources and their imports", () => {
  expect(files.length).toBeGreaterThan(50);
  expect(files).toContain("grammar/plan.ts");
  expect(local.get("grammar/plan.ts")?.map((each) => each.file)).toContain("grammar/spans.ts");
});

it("has a rule for each folder", () => {
  const orphans = files.filter((file) => file.includes("/") && ruleOf(file) === undefined);
  expect(orphans, help).toEqual([]);
});

it("imports only in the direction of the rules", () => {
  const wrong: string[] = [];
  for (const [from, imports] of local) {
    const rule = ruleOf(from);
    if (rule === undefined) continue;
    for (const { file } of imports) {
      if (
        file === null ||
        within(file, rule.folder) ||
        rule.may.some((folder) => within(file, folder)) ||
        !file.includes("/")
      )
        continue;
      wrong.push(
        `${from} imports ${file}: ${rule.folder} may import ${rule.may.join(", ") || "nothing of ours"}`,
      );
    }
  }
  expect(wrong, help).toEqual([]);
});

it("keeps plugins apart: a driver imports the sdk and itself only", () => {
  const wrong: string[] = [];
  for (const [from, imports] of local) {
    const own = /^plugins\/[^/]+/.exec(from)?.[0];
    if (own === undefined || own === "plugins/sdk") continue;
    for (const { file, to } of imports) {
      if (file === null ? to !== "coppice/sdk" : !within(file, own) && !within(file, "plugins/sdk"))
        wrong.push(`${from} imports ${to}`);
    }
  }
  expect(wrong, help).toEqual([]);
});

it("keeps Node's own modules out of what must be deterministic or may run anywhere", () => {
  const wrong: string[] = [];
  for (const [from, imports] of local) {
    const rule = ruleOf(from);
    if (rule?.builtins === undefined) continue;
    for (const { to } of imports) {
      const builtin = to.startsWith("node:") || builtinModules.includes(to);
      if (builtin && !(rule.builtins !== false && rule.builtins.includes(to)))
        wrong.push(`${from} imports ${to}`);
    }
  }
  expect(wrong, help).toEqual([]);
});

it("keeps everything that a workflow reaches free of Node's modules", () => {
  const reached = new Set<string>();
  const visit = (file: string) => {
    if (reached.has(file)) return;
    reached.add(file);
    for (const each of local.get(file) ?? []) if (each.file !== null && !each.typeOnly) visit(each.file);
  };
  for (const file of files.filter((each) => within(each, "workflows"))) visit(file);
  const wrong = [...reached].flatMap((file) =>
    (local.get(file) ?? [])
      .filter((each) => each.to.startsWith("node:") && !each.typeOnly)
      .map((each) => `${file} imports ${each.to}`),
  );
  expect(wrong, help).toEqual([]);
});

it("says SQL only in the store, isolates only in the host, Temporal's client only in temporal", () => {
  const homes: readonly (readonly [module: string, folders: readonly string[]])[] = [
    ["pg", ["engine/store", "engine/stack", "engine/temporal"]], // the stack waits for Postgres; the dispatcher listens
    ["isolated-vm", ["engine/host"]],
    ["@temporalio/client", ["engine/temporal", "engine/worker"]], // a worker shares its connection with the dispatcher
  ];
  const wrong: string[] = [];
  for (const [from, imports] of local) {
    if (!within(from, "engine")) continue;
    for (const { to, typeOnly } of imports) {
      const home = homes.find(([module]) => module === to);
      if (home && !typeOnly && !home[1].some((folder) => within(from, folder)))
        wrong.push(`${from} imports ${to}: only ${home[1].join(", ")} may`);
    }
  }
  expect(wrong, help).toEqual([]);
});

it("has no cycle of imports", () => {
  const cycles: string[] = [];
  const done = new Set<string>();
  const walk = (file: string, trail: readonly string[]) => {
    const at = trail.indexOf(file);
    if (at >= 0) {
      cycles.push([...trail.slice(at), file].join(" -> "));
      return;
    }
    if (done.has(file)) return;
    for (const each of local.get(file) ?? []) {
      if (each.file !== null && !each.typeOnly && local.has(each.file)) walk(each.file, [...trail, file]);
    }
    done.add(file);
  };
  for (const file of files) walk(file, []);
  expect(cycles, "move what both need into a third file").toEqual([]);
});

it("imports files that exist, with their extension", () => {
  const wrong = [...local].flatMap(([from, imports]) =>
    imports
      .filter((each) => each.file !== null && /\.(ts|mjs|js)$/.test(each.file) && !local.has(each.file))
      .filter((each) => each.to !== "./.coppice/manifest.ts") // a template's, which the new plugin gets
      .map((each) => `${from} imports ${each.to}`),
  );
  expect(wrong).toEqual([]);
});

it("uses only packages that package.json names", () => {
  const namedBy = (folder: string) => {
    const { dependencies, devDependencies } = JSON.parse(
      readFileSync(path.join(root, folder, "package.json"), "utf8"),
    );
    return new Set([...Object.keys({ ...dependencies, ...devDependencies }), "vscode"]); // VS Code brings that one
  };
  const [ours, extension] = [namedBy("."), namedBy("editors/vscode")];
  const wrong: string[] = [];
  for (const [from, imports] of local) {
    for (const { to } of imports) {
      if (to.startsWith(".") || to.startsWith("node:") || to === "coppice/sdk") continue;
      const name = to
        .split("/")
        .slice(0, to.startsWith("@") ? 2 : 1)
        .join("/");
      const named = within(from, "editors/vscode") ? extension : ours;
      if (!named.has(name)) wrong.push(`${from} imports ${to}`);
    }
  }
  expect(wrong).toEqual([]);
});
