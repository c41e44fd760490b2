import { existsSync, globSync, readFileSync } from "node:fs";
import path from "node:path";
import { expect, it } from "vitest";
import { commands } from "../../engine/cli/commands.ts";
import { root } from "../support/run-coppice.ts";
import { readPages } from "./pages.ts";

const pages = readPages();
const scripts: Record<string, string> = JSON.parse(
  readFileSync(path.join(root, "package.json"), "utf8"),
).scripts;
const folders = [
  "bench",
  "bin",
  "docs",
  "editors",
  "engine",
  "examples",
  "grammar",
  "plugins",
  "scripts",
  "test",
  "workflows",
];
/** Files that a command makes. */
const made = ["bench/results.json"];

it.each(pages)("the links of $path lead somewhere", ({ path: file, prose, anchors }) => {
  const wrong: string[] = [];
  for (const [, target = ""] of prose.matchAll(/\]\(([^)\s]+)\)/g)) {
    if (/^https?:/.test(target)) continue;
    const [to = "", anchor] = target.split("#");
    const place = path.posix.join(path.posix.dirname(file), to);
    if (to !== "" && !existsSync(path.join(root, place))) wrong.push(target);
    const there = to === "" ? anchors : pages.find((page) => page.path === place)?.anchors;
    if (anchor !== undefined && !there?.includes(anchor)) wrong.push(target);
  }
  expect(wrong).toEqual([]);
});

it.each(pages)("the files that $path names exist", ({ prose }) => {
  const wrong: string[] = [];
  for (const [, word = ""] of prose.matchAll(/`([^`\n]+)`/g)) {
    if (!/^[\w./*-]+$/.test(word) || !folders.includes(word.split("/")[0] ?? "") || !word.includes("/"))
      continue;
    if (made.includes(word) || globSync(word, { cwd: root }).length > 0) continue;
    wrong.push(word);
  }
  expect(wrong).toEqual([]);
});

it.each(pages)("the scripts and commands that $path names exist", ({ prose, blocks }) => {
  const shell = blocks.filter((block) => block.language === "sh").map((block) => block.text);
  const inline = [...prose.matchAll(/`([^`\n]+)`/g)].map((found) => found[1] ?? "");
  const code = [...shell, ...inline].join("\n");
  const npm = [...code.matchAll(/^npm (?:run )?([\w:]+)/gm)].map((found) => found[1] ?? "");
  expect(npm.filter((name) => scripts[name] === undefined)).toEqual([]);
  const named = [...code.matchAll(/^(?:\.\/)?coppice ([a-z-]+)/gm)].map((found) => found[1] ?? "");
  const known = [...Object.keys(commands), "completion", "help"];
  expect(named.filter((name) => !known.includes(name))).toEqual([]);
});
