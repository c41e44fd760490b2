import { readFileSync } from "node:fs";
import path from "node:path";
import { expect, it } from "vitest";
import type { CompletionItem } from "vscode-languageserver";
import { stop } from "../../../engine/language-server/completion/words.ts";
import { root } from "../../support/run-coppice.ts";
import type { Editor } from "./editor.ts";
import { prelude } from "./prelude.ts";
import { startEditor } from "./start-editor.ts";

const file = path.join(import.meta.dirname, "golden", "completions.coppice");
const plugins = path.join(root, "plugins");

const cases = readFileSync(file, "utf8")
  .split("// --- ")
  .slice(1)
  .map((text) => {
    const end = text.indexOf("\n");
    return { title: text.slice(0, end), source: text.slice(end + 1) };
  });

it("offers at each marked place what the golden file lists", async () => {
  const editor = startEditor();
  const lines = ["What is offered at the | of each program in completions.coppice, the likeliest first.\n"];
  for (const [index, { title, source }] of cases.entries()) {
    expect(source.split("|"), title).toHaveLength(2);
    const written = prelude + source.replaceAll("PLUGINS", plugins);
    const document = await editor.open(`case-${index}.coppice`, written.replace("|", ""));
    const items = await editor.at<CompletionItem[]>("completion", document, written.indexOf("|"));
    lines.push(`--- ${title}\n${source}${items.map(show).join("") || "    (nothing)\n"}`);
    await editor.close(document);
  }
  await expect(lines.join("\n")).toMatchFileSnapshot("golden/completions.golden");
});

function show({ label, detail }: CompletionItem): string {
  return `    ${label}${detail === undefined ? "" : `    ${detail.replaceAll(root, "ROOT")}`}\n`;
}

it("writes snippets only for editors that know them", async () => {
  const [plain, modern] = [startEditor(), startEditor({ snippetSupport: true })];
  const itemsOf = async (editor: Editor) =>
    editor.at<CompletionItem[]>("completion", await editor.open("empty.coppice", ""), 0);
  expect((await itemsOf(plain)).filter(({ insertText }) => insertText !== undefined)).toEqual([]);
  expect((await itemsOf(modern)).find(({ label }) => label === "cluster")).toMatchObject({
    insertText: `cluster ${stop(1, "name")} {\n  profile: $2\n  size: ${stop(3, "3")}\n}$0`,
    insertTextFormat: 2,
  });
});
