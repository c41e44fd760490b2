import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, expect, it } from "vitest";
import { root, runCoppice } from "../support/run-coppice.ts";
import { type CodeBlock, readPages } from "./pages.ts";

/** Pages whose programs other tests check, with plugins of their own. */
const elsewhere = ["docs/errors.md"];

const pages = readPages().filter((page) => !elsewhere.includes(page.path));
const programs = pages.flatMap((page) => page.blocks.filter((block) => block.language === "coppice"));

const folder = mkdtempSync(path.join(tmpdir(), "coppice-docs-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** A folder that looks like this one to a program: a plugin is found by the path that is written. */
symlinkSync(path.join(root, "plugins"), path.join(folder, "plugins"));

/** The blocks that stand alone: what `header` declares is around fragments, an action around statements. */
function programOf(block: CodeBlock): string {
  const header = pages
    .find((page) => page.path === block.page)
    ?.blocks.find((other) => other.language === "coppice" && other.info === "header");
  switch (block.info.split(/[ =]/)[0]) {
    case "fragment":
      return `${header?.text}\n${block.text}`;
    case "statements":
      return `${header?.text}\naction example(cluster: Cluster<fake.server>, image: String) {\n${block.text}}\n`;
    case "":
    case "header":
    case "from":
    case "file":
      return block.text;
    default:
      throw new Error(`${block.page}:${block.line}: a block of coppice can't be "${block.info}"`);
  }
}

/** Plugins that a page spells out, as `file=…` or with their manifest in a comment. */
function writePlugins(): void {
  for (const { blocks } of pages) {
    for (const { info, text } of blocks) {
      const file =
        /^file=(.*)/.exec(info)?.[1] ?? /^\/\* plugin\.json[\s\S]*?"entry": "(.*?)"/.exec(text)?.[1];
      if (file === undefined) continue;
      mkdirSync(path.join(folder, path.dirname(file)), { recursive: true });
      writeFileSync(path.join(folder, file), text);
    }
  }
}

it("finds programs in each of the pages that teach the language", () => {
  const with10 = programs.filter((block) => block.page === "docs/language.md").length;
  expect(with10).toBeGreaterThanOrEqual(8);
  expect(programs.map((block) => block.page)).toEqual(
    expect.arrayContaining(["README.md", "docs/writing-a-plugin.md", "docs/plugins.md"]),
  );
});

it("every program in the pages is free of mistakes", async () => {
  writePlugins();
  mkdirSync(path.join(folder, "examples"));
  const files = programs.map((block, index) => {
    const source = /^from (.*)/.exec(block.info)?.[1];
    const place = path.join(folder, source === undefined ? "" : path.dirname(source));
    const name = `${path.basename(block.page, ".md")}-${block.line}-${index}.coppice`;
    const file = path.join(place, name);
    writeFileSync(file, programOf(block));
    return path.relative(folder, file);
  });
  const checked = await runCoppice(["check", ...files], { cwd: folder });
  expect(checked.code, checked.stdout + checked.stderr).toBe(0);
  const tested = await runCoppice(["test", ...files], { cwd: folder });
  expect(tested.code, tested.stdout + tested.stderr).toBe(0);
  expect(tested.stdout).toContain("a failure that passes is tried again");
});

const quotes = pages.flatMap((page) => page.blocks.filter((block) => block.info.startsWith("from ")));

it.each(quotes)("$page:$line is quoted word for word $info", ({ info, text }) => {
  const source = readFileSync(path.join(root, info.slice("from ".length)), "utf8");
  let from = 0;
  for (const declaration of text.trimEnd().split("\n\n")) {
    const at = source.indexOf(`${declaration}\n`, from);
    expect(at, `not in ${info.slice("from ".length)} (any more):\n${declaration}`).toBeGreaterThanOrEqual(0);
    from = at + declaration.length;
  }
});
