import { readFileSync, statSync } from "node:fs";
import { createRequire } from "node:module";
import type { Place, Problem } from "./problem.ts";

/** A value in the file: its text, as it would stand in a variable. */
export interface FileValue {
  readonly name: string;
  /** `null`: nothing was written. */
  readonly text: string | null;
  /** Why it can't be any option's value. */
  readonly wrong?: string;
  readonly namePlace: Place;
  readonly place: Place;
}

/** What a file of options holds. */
export interface ConfigFile {
  readonly path: string;
  readonly values: readonly FileValue[];
  /** Why it can't be read, or not whole. */
  readonly problems: readonly Problem[];
  /** Whether others than its owner may read it. */
  readonly open: boolean;
}

/** Reads `name: value` lines, in YAML; `null` when there is no such file and `mayLack`. */
export function readConfigFile(path: string, mayLack: boolean): ConfigFile | null {
  let text: string;
  try {
    text = readFileSync(path, "utf8");
  } catch (error) {
    if (mayLack && (error as NodeJS.ErrnoException).code === "ENOENT") return null;
    const message = `it can't be read: ${(error as Error).message}`;
    const help = "mend its owner and mode, or name another file: --config, COPPICE_CONFIG";
    return {
      path,
      values: [],
      problems: [mistake({ path, line: 1, column: 1 }, message, help)],
      open: false,
    };
  }
  return { path, open: (statSync(path).mode & 0o044) !== 0, ...readYaml(path, text) };
}

function readYaml(path: string, text: string): Pick<ConfigFile, "values" | "problems"> {
  // loaded only where there is a file: it takes 20 ms, which `coppice check` has no use for
  const yaml = createRequire(import.meta.url)("yaml") as typeof import("yaml");
  const lines = new yaml.LineCounter();
  const document = yaml.parseDocument(text, { lineCounter: lines, prettyErrors: false, uniqueKeys: true });
  const at = (offset: number) => {
    const { line, col } = lines.linePos(offset);
    return { path, line: Math.max(line, 1), column: Math.max(col, 1) };
  };
  if (document.errors.length > 0) {
    const problems = document.errors.map((error) =>
      mistake(at(error.pos[0]), `not YAML: ${error.message}`, "write lines of `name: value`"),
    );
    return { values: [], problems };
  }
  const root = document.contents;
  if (root === null) return { values: [], problems: [] };
  if (!yaml.isMap(root)) {
    const place = at(root.range?.[0] ?? 0);
    return {
      values: [],
      problems: [mistake(place, "it is no map of options", "write lines of `name: value`")],
    };
  }
  const values = root.items.map(({ key, value }): FileValue => {
    const keyAt = yaml.isNode(key) ? (key.range?.[0] ?? 0) : 0;
    const valueAt = yaml.isNode(value) ? (value.range?.[0] ?? keyAt) : keyAt;
    return {
      name: yaml.isScalar(key) ? String(key.source ?? key.value) : String(key),
      ...textOf(yaml, yaml.isNode(value) ? value : null),
      namePlace: { kind: "file", ...at(keyAt) },
      place: { kind: "file", ...at(valueAt) },
    };
  });
  return { values, problems: [] };
}

type Yaml = typeof import("yaml");

/** A scalar as it's written; a sequence as its items, parted by a mark that no value holds. */
function textOf(yaml: Yaml, node: unknown): { text: string | null; wrong?: string } {
  if (node === null) return { text: null };
  if (yaml.isScalar(node)) {
    if (node.value === null && node.source === "") return { text: null };
    const plain = node.type === "PLAIN" && typeof node.value !== "string";
    return { text: plain ? String(node.source ?? node.value) : String(node.value) };
  }
  if (yaml.isSeq(node)) {
    const items = node.items.map((item) => textOf(yaml, item));
    const wrong = items.some((item) => item.text === null || item.wrong !== undefined);
    return wrong
      ? { text: "", wrong: "holds something else than values" }
      : { text: items.map((item) => item.text).join(itemMark) };
  }
  return { text: "", wrong: "is neither a value nor a list of values" };
}

/** Between the items of a sequence, until the option's kind says what parts them. */
export const itemMark = "\u001e";

function mistake(at: { path: string; line: number; column: number }, message: string, help: string): Problem {
  return { severity: "mistake", place: { kind: "file", ...at }, about: "file", message, help };
}
