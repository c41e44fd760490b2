import type { ApiClient } from "./api-client.ts";
import { type ApplyEnd, follow } from "./apply-program.ts";
import { CliError } from "./cli-error.ts";
import { confirm } from "./confirm.ts";
import { exitCodes } from "./exit-codes.ts";
import { findServer } from "./find-server.ts";
import type { Output } from "./output.ts";
import { printChanges } from "./print-changes.ts";
import type { VersionAnswer } from "./program-versions.ts";
import type { AppliedAnswer, PlanAnswer } from "./wire.ts";

/** Plans going back to a version, asks, applies just that, and follows the actions. */
export async function rollBack(q: {
  readonly name: string;
  readonly version: string | undefined;
  readonly yes: boolean;
  readonly wait: boolean;
  readonly output: Output;
}): Promise<ApplyEnd> {
  const { output } = q;
  const api = findServer();
  const program = `/v1/programs/${encodeURIComponent(q.name)}/versions`;
  const version = q.version ?? (await versionBefore(api, q.name, program));
  const { reads, ...planned } = await api.call<PlanAnswer>("POST", `${program}/${version}/plan`, {});
  output.note(`Back to version ${version} of ${q.name}:`);
  printChanges(planned, output);
  if (!q.yes) await confirm(`Go back to version ${version}?`, "--yes");
  return await follow(
    q,
    api,
    await api.call<AppliedAnswer>("POST", `${program}/${version}/apply`, { reads }),
  );
}

/** The newest version with another plan than the current one. */
async function versionBefore(api: ApiClient, name: string, program: string): Promise<string> {
  const { versions } = await api.call<{ versions: readonly VersionAnswer[] }>("GET", `${program}?limit=1000`);
  const current = versions[0];
  const before = versions.find((each) => each.plan_hash !== current?.plan_hash);
  if (before !== undefined) return String(before.version);
  throw new CliError(exitCodes.notFound, `program "${name}" has no version before the current one`, {
    help: `List them with: coppice programs list ${name}`,
  });
}
