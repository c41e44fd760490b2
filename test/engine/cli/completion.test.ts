import { spawnSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import path from "node:path";
import { expect, it } from "vitest";
import { root, runCoppice } from "../../support/run-coppice.ts";
import { temporaryFolder } from "../../support/temporary-folder.ts";

const has = (shell: string) => spawnSync(shell, ["--version"]).status === 0;
const launcher = path.join(root, "coppice");

/** Runs a script in a shell that knows the command `coppice` and its completions; its output's lines. */
async function inShell(shell: string, args: readonly string[], script: string): Promise<string[]> {
  const folder = temporaryFolder();
  const completions = await runCoppice(["completion", shell]);
  expect(completions).toMatchObject({ code: 0, stderr: "" });
  writeFileSync(path.join(folder, "completions"), completions.stdout);
  writeFileSync(
    path.join(folder, "script"),
    script.replaceAll("COMPLETIONS", path.join(folder, "completions")),
  );
  const done = spawnSync(shell, [...args, path.join(folder, "script")], {
    cwd: root,
    encoding: "utf8",
    env: { ...process.env, HOME: folder },
  });
  return done.stdout.split("\n").filter((line) => line !== "");
}

it.each([
  ["a command", ["pl"], ["plan", "plugin"]],
  ["a second word", ["plugin", "s"], ["show", "sign"]],
  ["a kind", ["ls", "c"], ["clusters"]],
  ["an option", ["up", "--temporal-u"], ["--temporal-ui", "--temporal-ui-port"]],
  ["an option's value", ["up", "--set-aside", ""], ["postgres", "temporal", "all"]],
  ["a program", ["check", "examples/storef"], ["examples/storefront.coppice"]],
  ["a folder", ["plugin", "show", "plugins/f"], ["plugins/fake/"]],
])("completes %s", async (_what, words, expected) => {
  const { stdout } = await runCoppice(["complete", "--", ...words]);
  const offered = stdout.split("\n").filter((line) => line !== "" && !line.startsWith(":"));
  expect(offered.map((line) => line.split("\t")[0])).toEqual(expected);
});

it.skipIf(!has("bash"))("works in bash, also when its script is read twice", async () => {
  const script = `
    coppice() { ${launcher} "$@"; }
    compopt() { :; } # bash allows it only while the user completes
    source COMPLETIONS 2>&1 && source COMPLETIONS 2>&1
    COMP_WORDS=(coppice pl) COMP_CWORD=1; __coppice_complete; printf '%s\\n' "\${COMPREPLY[@]}"
    COMP_WORDS=(coppice ls cl) COMP_CWORD=2; __coppice_complete; printf '%s\\n' "\${COMPREPLY[@]}"
    complete -p coppice`;
  expect(await inShell("bash", ["--norc"], script)).toEqual([
    "plan",
    "plugin",
    "clusters",
    "complete -F __coppice_complete coppice",
  ]);
});

it.skipIf(!has("zsh"))("works in zsh", async () => {
  const script = `
    coppice() { ${launcher} "$@" }
    compdef() { print "compdef $*" }
    _describe() { print -l -- "\${completions[@]}" }
    source COMPLETIONS
    words=(coppice pl) CURRENT=2; _coppice`;
  const lines = await inShell("zsh", ["-f"], script);
  expect(lines[0]).toBe("compdef _coppice coppice");
  expect(lines.slice(1).map((line) => line.split(":")[0])).toEqual(["plan", "plugin"]);
});

it.skipIf(!has("fish"))("works in fish", async () => {
  const script = `
    function coppice; ${launcher} $argv; end
    source COMPLETIONS
    complete -C "coppice pl"
    complete -C "coppice ls cl"`;
  const lines = await inShell("fish", ["--no-config"], script);
  expect(lines.map((line) => line.split("\t")[0])).toEqual(["plan", "plugin", "clusters"]);
});
