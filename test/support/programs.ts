import { readFileSync } from "node:fs";
import type pg from "pg";
import { applyProgram, type ProgramRequest } from "../../engine/actions/apply-program.ts";
import { submitAction } from "../../engine/actions/submit-action.ts";
import { findPlan } from "../../engine/store/find-plan.ts";
import { insertPlugin } from "../../engine/store/plugins.ts";
import { findProgram } from "../../engine/store/programs.ts";
import type { ActionRow } from "../../engine/store/rows.ts";
import type { Json } from "../../grammar/plan.ts";
import { checkManifest } from "../../plugins/sdk/check-manifest.ts";

export const fakeHash = "0".repeat(64);

/** Makes the fake driver known to the database: its real manifest, and no code, since nothing here calls it. */
export async function uploadFake(pool: pg.Pool): Promise<void> {
  const file = new URL("../../plugins/fake/plugin.json", import.meta.url);
  const checked = checkManifest(JSON.parse(readFileSync(file, "utf8")));
  if (!checked.ok) throw new Error(checked.problems.join("; "));
  const { manifest } = checked;
  await insertPlugin(pool, {
    hash: fakeHash,
    name: manifest.name,
    version: manifest.version,
    manifest,
    bundle: "",
  });
}

/** A program with one profile and these clusters, and an action that waits. */
export function programText(
  clusters: Readonly<Record<string, string>> = { web: "size: 3 in 2..10" },
): string {
  const declared = Object.entries(clusters).map(
    ([name, fields]) => `cluster ${name} {\n  profile: small\n  ${fields}\n}`,
  );
  return `
plugin fake from "./fake" {
  allow state
}
profile small = fake.server {
  image: "web:1"
}
${declared.join("\n")}
/// Waits, and does nothing else.
action rest(cluster: Cluster, time: Duration = 1s) {
  wait time
}
action both(a: Cluster, b: Cluster) {
  wait 1s
}
`;
}

export function programRequest(text: string, more: Partial<ProgramRequest> = {}): ProgramRequest {
  const plugins = { "./fake": fakeHash };
  return {
    projectId: "default",
    userId: "ann",
    path: "shop.coppice",
    text,
    imports: [],
    parameters: {},
    plugins,
    ...more,
  };
}

/** Applies a text that must be right. */
export async function applyText(
  pool: pg.Pool,
  text: string,
  more: Partial<Parameters<typeof applyProgram>[1]> = {},
) {
  const applied = await applyProgram(pool, { ...programRequest(text), ...more });
  if (!applied.ok) throw new Error(JSON.stringify(applied.diagnostics));
  return applied;
}

/** Asks for an action of program `shop` in project `default`. */
export async function submit(
  pool: pg.Pool,
  action: string,
  inputs: Readonly<Record<string, Json>>,
  requestKey?: string,
): Promise<ActionRow> {
  const program = await findProgram(pool, { projectId: "default", name: "shop" });
  const plan = await findPlan(pool, { projectId: "default", hash: program?.plan_hash ?? "" });
  if (plan === null) throw new Error("apply a program first");
  const who = { projectId: "default", program: "shop", requestedBy: "ann", cause: "RPC Request" };
  return submitAction(pool, { ...who, plan, action, inputs, requestKey });
}
