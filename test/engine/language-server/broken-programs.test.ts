import { readFileSync } from "node:fs";
import path from "node:path";
import { expect, it } from "vitest";
import { completionsAt } from "../../../engine/language-server/completion/complete.ts";
import { definitionAt } from "../../../engine/language-server/definition.ts";
import { outline } from "../../../engine/language-server/document-symbols.ts";
import { foldingRanges } from "../../../engine/language-server/folding.ts";
import { highlightsAt } from "../../../engine/language-server/highlights.ts";
import { hoverAt } from "../../../engine/language-server/hover.ts";
import { inlayHints } from "../../../engine/language-server/inlay-hints.ts";
import { prepareRename } from "../../../engine/language-server/rename.ts";
import { semanticTokens } from "../../../engine/language-server/semantic-tokens.ts";
import { signatureHelpAt } from "../../../engine/language-server/signature-help.ts";
import { Workspace } from "../../../engine/language-server/workspace.ts";
import { root } from "../../support/run-coppice.ts";

const sample = readFileSync(path.join(root, "test/grammar/samples/everything.coppice"), "utf8");
const example = readFileSync(path.join(root, "examples/storefront.coppice"), "utf8");
const place = path.join(root, "examples/broken.coppice");

/** Everything that an editor may ask, at the place where someone has just stopped typing. */
function askEverything(workspace: Workspace, text: string, offset: number): void {
  const analysis = workspace.analyse(place, text);
  const { parsed, places } = analysis;
  completionsAt(analysis, offset, (variation) => workspace.analyse(place, variation));
  hoverAt(analysis, offset);
  signatureHelpAt(analysis, offset);
  definitionAt(analysis, offset, (file) => file);
  highlightsAt(analysis, offset);
  prepareRename(analysis, offset);
  inlayHints(analysis, places.range({ start: 0, end: text.length }));
  for (const symbol of outline(parsed.program, places)) {
    const { range, selectionRange } = symbol; // editors refuse an outline in which the name lies outside
    expect(places.offset(selectionRange.start)).toBeGreaterThanOrEqual(places.offset(range.start));
    expect(places.offset(selectionRange.end)).toBeLessThanOrEqual(places.offset(range.end));
  }
  for (const { startLine, endLine } of foldingRanges(parsed, places)) expect(startLine).toBeLessThan(endLine);
  const tokens = semanticTokens(analysis);
  expect(tokens.length % 5).toBe(0);
  expect(Math.min(0, ...tokens)).toBe(0); // they come in order, none overlaps the one before
}

it.each([
  ["the sample of everything", sample],
  ["an example", example],
])("answers at every stop of someone who types %s", (_what, text) => {
  const workspace = new Workspace();
  for (let end = 0; end <= text.length; end += 23) askEverything(workspace, text.slice(0, end), end);
});

it("answers where something was cut out of the middle", () => {
  const workspace = new Workspace();
  for (let start = 0; start < example.length; start += 29) {
    askEverything(workspace, example.slice(0, start) + example.slice(start + 17), start);
  }
});
