import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import path from "node:path";
import { createOnigScanner, createOnigString, loadWASM } from "vscode-oniguruma";
import textmate, { type IGrammar } from "vscode-textmate";
import { root } from "../support/run-coppice.ts";

const grammarFile = path.join(root, "editors/vscode/syntaxes/coppice.tmLanguage.json");

/** One piece of a text as an editor colours it. */
export interface HighlightedPiece {
  readonly line: number;
  readonly start: number;
  readonly end: number;
  readonly text: string;
  /** The outermost first, without the language's own. */
  readonly scopes: readonly string[];
}

let grammar: Promise<IGrammar> | undefined;

/** Colours a text by the TextMate grammar, with the engine that VS Code uses. */
export async function highlight(text: string): Promise<HighlightedPiece[]> {
  grammar ??= loadGrammar();
  const loaded = await grammar;
  const pieces: HighlightedPiece[] = [];
  let state = textmate.INITIAL;
  for (const [line, content] of text.split("\n").entries()) {
    const { tokens, ruleStack } = loaded.tokenizeLine(content, state);
    state = ruleStack;
    for (const { startIndex, endIndex, scopes } of tokens) {
      const end = Math.min(endIndex, content.length);
      if (end > startIndex) {
        pieces.push({
          line,
          start: startIndex,
          end,
          text: content.slice(startIndex, end),
          scopes: scopes.slice(1),
        });
      }
    }
  }
  return pieces;
}

async function loadGrammar(): Promise<IGrammar> {
  const wasm = createRequire(import.meta.url).resolve("vscode-oniguruma/release/onig.wasm");
  await loadWASM(readFileSync(wasm));
  const registry = new textmate.Registry({
    onigLib: Promise.resolve({ createOnigScanner, createOnigString }),
    loadGrammar: async () => textmate.parseRawGrammar(readFileSync(grammarFile, "utf8"), grammarFile),
  });
  const loaded = await registry.loadGrammar("source.coppice");
  if (loaded === null) throw new Error(`${grammarFile} holds no grammar`);
  return loaded;
}
