import type { TextEdit } from "vscode-languageserver";
import { formatProgram } from "../../grammar/format.ts";
import { createTextPlaces } from "./text-places.ts";

/** What brings a text into the one layout: an edit for each run of changed lines, none for a text with errors. */
export function formatText(text: string): TextEdit[] {
  const { text: formatted } = formatProgram(text);
  return formatted === text ? [] : lineEdits(text, formatted);
}

/**
 * Edits for the changed lines between the same beginning and the same end, part by part, so that an editor keeps its
 * cursor and its folds. Lines that recur are matched greedily: the result is right whatever is matched.
 */
function lineEdits(before: string, after: string): TextEdit[] {
  const places = createTextPlaces(before);
  const old = before.split(/(?<=\n)/);
  const now = after.split(/(?<=\n)/);
  const edits: TextEdit[] = [];
  let row = 0;
  let to = 0;
  let offset = 0;
  while (row < old.length || to < now.length) {
    if (row < old.length && old[row] === now[to]) {
      offset += old[row]!.length;
      row += 1;
      to += 1;
      continue;
    }
    const next = nextSame(old, now, row, to);
    const removed = old.slice(row, next.row).join("");
    edits.push({
      range: places.range({ start: offset, end: offset + removed.length }),
      newText: now.slice(to, next.to).join(""),
    });
    offset += removed.length;
    row = next.row;
    to = next.to;
  }
  return edits;
}

/** How far the search for the next common line goes; beyond it, one larger edit does. */
const farthest = 60;

/** The nearest place from which both texts have the same line again, blank lines aside; the ends when there is none. */
function nextSame(old: readonly string[], now: readonly string[], row: number, to: number) {
  for (let distance = 1; distance <= farthest; distance += 1) {
    for (let ahead = 0; ahead <= distance; ahead += 1) {
      const line = old[row + ahead];
      const telling = line?.trim() !== "" || ahead === distance - ahead; // blank lines recur: only one in its place counts
      if (line !== undefined && telling && line === now[to + distance - ahead]) {
        return { row: row + ahead, to: to + distance - ahead };
      }
    }
  }
  return { row: old.length, to: now.length };
}
