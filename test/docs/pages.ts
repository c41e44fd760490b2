import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { root } from "../support/run-coppice.ts";

/** A page of the documentation. */
export interface Page {
  /** From the project's folder: `docs/language.md`. */
  readonly path: string;
  /** All of it but its code blocks. */
  readonly prose: string;
  readonly blocks: readonly CodeBlock[];
  /** The anchors that its headings make: `whole-programs`. */
  readonly anchors: readonly string[];
}

/** A fenced block: ```` ```coppice fragment ````. */
export interface CodeBlock {
  readonly page: string;
  /** Of its first line of code, from 1. */
  readonly line: number;
  readonly language: string;
  /** What follows the language: `fragment`, `run`, `file=jars/plugin.json`. */
  readonly info: string;
  readonly text: string;
}

/** README, CHANGELOG and all of docs/. */
export function readPages(): readonly Page[] {
  const docs = readdirSync(path.join(root, "docs")).filter((name) => name.endsWith(".md"));
  return ["README.md", "CHANGELOG.md", ...docs.map((name) => `docs/${name}`)].map(readPage);
}

/** One page by its path from the project's folder. */
export function readPage(file: string): Page {
  const text = readFileSync(path.join(root, file), "utf8");
  const blocks: CodeBlock[] = [];
  const prose = text.replace(/^```(\w*) *(.*)\n([\s\S]*?)^```$/gm, (all, language, info, code, offset) => {
    const line = text.slice(0, offset).split("\n").length + 1;
    blocks.push({ page: file, line, language, info, text: code });
    return "\n".repeat(all.split("\n").length - 1);
  });
  const headings = [...prose.matchAll(/^#+ (.*)$/gm)].map((found) => anchorOf(found[1] ?? ""));
  return { path: file, prose, blocks, anchors: headings };
}

/** As GitHub makes them. */
function anchorOf(heading: string): string {
  return heading
    .toLowerCase()
    .replace(/[^\p{L}\p{N} _-]/gu, "")
    .replaceAll(" ", "-");
}
