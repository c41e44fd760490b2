import { expect, it } from "vitest";
import { commands } from "../../../engine/cli/commands.ts";
import { resources } from "../../../engine/cli/resources/resources.ts";
import { runCoppice } from "../../support/run-coppice.ts";

const pages = [
  [],
  ...Object.keys(commands).map((name) => [name]),
  ...["list", "show", "add", "remove", "grant", "update", "verify", "pack", "sign", "load", "unload"].map(
    (sub) => ["plugin", sub],
  ),
  ["plugin", "check"],
  ["plugin", "audit"],
  ["plugin", "new"],
  ["plugin", "test"],
  ["plugin", "try"],
  ["db", "migrate"],
  ["config", "show"],
  ["config", "check"],
  ["plan", "run"],
  ["programs", "list"],
  ["programs", "show"],
  ["programs", "diff"],
  ["triggers", "list"],
  ["triggers", "pause"],
  ["triggers", "resume"],
  ["triggers", "fire"],
  ["events", "send"],
  ["completion"],
  ...resources.flatMap(({ name, verbs }) => verbs.map((verb) => [name, verb.name])),
];

it.each(pages.map((words) => ({ name: ["coppice", ...words].join(" "), words })))(
  "$name --help",
  async ({ name, words }) => {
    const { code, stdout, stderr } = await runCoppice([...words, "--help"], { env: { COLUMNS: "100" } });
    expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
    expect(stdout).toContain(words.length === 0 ? "Start here:" : "Examples:");
    await expect(stdout).toMatchFileSnapshot(`help/${name.replaceAll(" ", "-")}.txt`);
  },
);

it("names each exit code, as docs/cli.md does", async () => {
  const { stdout } = await runCoppice(["help", "exit-codes"]);
  await expect(stdout).toMatchFileSnapshot("help/exit-codes.txt");
});
