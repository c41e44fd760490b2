import { createTwoFilesPatch } from "diff";
import type { ApiClient } from "./api-client.ts";
import { CliError } from "./cli-error.ts";
import { exitCodes } from "./exit-codes.ts";
import { findServer } from "./find-server.ts";
import type { Output, Style } from "./output.ts";
import { printChange } from "./print-changes.ts";
import { printable } from "./printable.ts";
import { printTable } from "./table.ts";
import type { ChangeAnswer } from "./wire.ts";

/** A version as lists show it. */
export interface VersionAnswer {
  readonly name: string;
  readonly version: number;
  readonly plan_hash: string;
  readonly applied_by: string;
  readonly created_at: string;
  readonly current?: boolean;
  readonly restores?: number | null;
  readonly running?: number;
}

/** A version with its texts. */
export interface FullVersionAnswer extends VersionAnswer {
  readonly path: string;
  readonly text: string;
  readonly imports: readonly { readonly path: string; readonly text: string }[];
}

/** All programs, each in its current version. */
export async function listPrograms(q: { readonly limit: string }, output: Output): Promise<void> {
  const api = findServer();
  const answer = await api.call<{ programs: readonly VersionAnswer[] }>(
    "GET",
    `/v1/programs?limit=${encodeURIComponent(q.limit)}`,
  );
  output.data(answer);
  if (answer.programs.length === 0) output.line("No program has been applied yet.");
  else
    printTable(
      output,
      ["NAME", "VERSION", "PLAN", "APPLIED", "BY"],
      answer.programs.map((row) => [
        row.name,
        row.version,
        row.plan_hash.slice(0, 12),
        row.created_at,
        row.applied_by,
      ]),
    );
}

/** The versions of one program, newest first. */
export async function listVersions(
  name: string,
  q: { readonly limit: string },
  output: Output,
): Promise<void> {
  const api = findServer();
  const answer = await api.call<{ versions: readonly VersionAnswer[] }>(
    "GET",
    `${place(name)}/versions?limit=${encodeURIComponent(q.limit)}`,
  );
  output.data(answer);
  printTable(
    output,
    ["VERSION", "PLAN", "APPLIED", "BY", "NOTE"],
    answer.versions.map((row) => [
      row.version,
      row.plan_hash.slice(0, 12),
      row.created_at,
      row.applied_by,
      note(row),
    ]),
  );
}

function note(row: VersionAnswer): string {
  const running = row.running ?? 0;
  return [
    row.current ? "current" : "",
    row.restores ? `version ${row.restores} again` : "",
    running === 0 ? "" : `${running} ${running === 1 ? "action runs" : "actions run"} on it`,
  ]
    .filter((part) => part !== "")
    .join(", ");
}

/** The text of `name` or `name@version`, as it was applied. */
export async function showVersion(reference: string, output: Output): Promise<void> {
  const at = reference.lastIndexOf("@");
  const name = at < 0 ? reference : reference.slice(0, at);
  const version = at < 0 ? null : reference.slice(at + 1);
  if (version !== null && !/^[1-9]\d{0,8}$/.test(version)) {
    throw new CliError(exitCodes.usage, `"${version}" is not a version's number`, {
      help: `List them with: coppice programs list ${name}`,
    });
  }
  const program = await readVersion(findServer(), name, version);
  output.data({ program });
  const files = [{ path: program.path, text: program.text }, ...program.imports];
  for (const file of files) {
    if (files.length > 1) output.line(output.paint("dim", `// ${printable(file.path)}`));
    output.line(printable(file.text).trimEnd());
  }
}

/** What differs between two versions: their lines, and what they mean. */
export async function diffVersions(q: {
  readonly name: string;
  readonly from: string;
  readonly to: string | undefined;
  readonly output: Output;
}): Promise<void> {
  const { output } = q;
  const api = findServer();
  const [from, to] = await Promise.all([
    readVersion(api, q.name, q.from),
    readVersion(api, q.name, q.to ?? null),
  ]);
  const path = `${place(q.name)}/versions/${to.version}/changes?since=${from.version}`;
  const { changes } = await api.call<{ changes: readonly ChangeAnswer[] }>("GET", path);
  const patch = textPatch(from, to);
  output.data({ from: from.version, to: to.version, patch, changes });
  for (const line of patch.split("\n").slice(0, -1)) printPatchLine(line, output);
  if (changes.length === 0) {
    output.line(patch === "" ? "The two are the same." : "\nThey mean the same.");
    return;
  }
  output.line(`${patch === "" ? "" : "\n"}What it means:`);
  for (const change of changes) printChange(change, output);
}

/** A unified patch over all files of both versions; empty when they are the same. */
function textPatch(from: FullVersionAnswer, to: FullVersionAnswer): string {
  const files = (version: FullVersionAnswer) =>
    new Map([version, ...version.imports].map((file) => [file.path, file.text]));
  const [old, now] = [files(from), files(to)];
  if (from.path !== to.path && !now.has(from.path)) {
    old.set(to.path, from.text); // the same program from another folder
    old.delete(from.path);
  }
  return [...new Set([...old.keys(), ...now.keys()])]
    .filter((path) => old.get(path) !== now.get(path))
    .map((path) => {
      const names = [`${path}@${from.version}`, `${path}@${to.version}`] as const;
      const patch = createTwoFilesPatch(...names, old.get(path) ?? "", now.get(path) ?? "");
      return patch.replace(/^=+\n/, "");
    })
    .join("");
}

const lineStyles: Readonly<Record<string, Style>> = { "+": "green", "-": "red", "@": "cyan" };

function printPatchLine(line: string, output: Output): void {
  const style = /^(---|\+\+\+) /.test(line) ? "bold" : lineStyles[line[0] ?? ""];
  const text = printable(line);
  output.line(style === undefined ? text : output.paint(style, text));
}

/** One version of a program with its texts; the current one for `null`. */
export async function readVersion(
  api: ApiClient,
  name: string,
  version: string | null,
): Promise<FullVersionAnswer> {
  const path = version === null ? place(name) : `${place(name)}/versions/${version}`;
  return (await api.call<{ program: FullVersionAnswer }>("GET", path)).program;
}

function place(name: string): string {
  return `/v1/programs/${encodeURIComponent(name)}`;
}
