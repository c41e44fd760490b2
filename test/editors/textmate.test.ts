import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { tokenMatcher } from "chevrotain";
import { expect, it } from "vitest";
import { legend, semanticTokens } from "../../engine/language-server/semantic-tokens.ts";
import { Workspace } from "../../engine/language-server/workspace.ts";
import { tokenize } from "../../grammar/parse/lexer.ts";
import { keywords, Word } from "../../grammar/parse/tokens.ts";
import { root } from "../support/run-coppice.ts";
import { highlight } from "./highlight.ts";

const everything = path.join(root, "test/grammar/samples/everything.coppice");
const examples = readdirSync(path.join(root, "examples"))
  .filter((name) => name.endsWith(".coppice"))
  .map((name) => path.join(root, "examples", name));
const library = readdirSync(path.join(root, "workflows/library")).map((name) =>
  path.join(root, "workflows/library", name),
);

/** Words that the sample does without. */
const more = "action more(c: Cluster) {\n  for n in c.nodes batch all tolerate 2 failures { n.check() }\n}\n";

const isKeyword = (scopes: readonly string[]) =>
  scopes.some((scope) => /^(keyword\.(control|declaration|operator\.word)|constant\.language)/.test(scope));

it("colours the sample of every construct as the golden file says", async () => {
  const text = readFileSync(everything, "utf8");
  const lines = text.split("\n").map((line) => [line]);
  for (const { line, text: piece, scopes } of await highlight(text)) {
    if (piece.trim() === "") continue;
    const shown = scopes.map((scope) => scope.replace(/\.coppice$/, "")).join(" ");
    lines[line]?.push(`    ${piece.trim()}    ${shown}`);
  }
  await expect(lines.flat().join("\n")).toMatchFileSnapshot("golden/everything.scopes");
});

it("colours every keyword of the parser as one, somewhere in the sample", async () => {
  const text = `${readFileSync(everything, "utf8")}\n${more}`;
  const coloured = new Set(
    (await highlight(text)).filter(({ scopes }) => isKeyword(scopes)).map((piece) => piece.text.trim()),
  );
  expect([...keywords.keys()].filter((word) => !coloured.has(word))).toEqual([]);
});

it.each([everything, ...examples, ...library].map((file) => path.relative(root, file)))(
  "%s: takes a word for a keyword exactly where the parser does",
  async (file) => {
    const text = readFileSync(path.join(root, file), "utf8");
    const meant = meaningsOf(path.join(root, file), text);
    const wrong: string[] = [];
    const pieces = await highlight(text);
    for (const token of tokenize(text).tokens) {
      if (!tokenMatcher(token, Word) || !keywords.has(token.image)) continue;
      const { line, column } = placeOf(text, token.startOffset);
      const piece = pieces.find((each) => each.line === line && each.start <= column && column < each.end);
      const parser = meant.get(token.startOffset) === "keyword";
      if (isKeyword(piece?.scopes ?? []) !== parser) {
        const where = text.split("\n")[line]?.trim();
        wrong.push(`${line + 1}: ${token.image} is ${parser ? "a keyword" : "a name"}: ${where}`);
      }
    }
    expect(wrong).toEqual([]);
  },
);

/** What the language server says of each word, which it has from the parser. */
function meaningsOf(file: string, text: string): Map<number, string> {
  const data = semanticTokens(new Workspace().analyse(file, text));
  const starts = [0, ...[...text.matchAll(/\n/g)].map(({ index }) => index + 1)];
  const found = new Map<number, string>();
  let line = 0;
  let character = 0;
  for (let at = 0; at < data.length; at += 5) {
    const [down = 0, right = 0, , type = 0] = data.slice(at, at + 4);
    line += down;
    character = down === 0 ? character + right : right;
    found.set((starts[line] ?? 0) + character, legend.tokenTypes[type] ?? "");
  }
  return found;
}

function placeOf(text: string, offset: number): { line: number; column: number } {
  const before = text.slice(0, offset).split("\n");
  return { line: before.length - 1, column: before.at(-1)?.length ?? 0 };
}
