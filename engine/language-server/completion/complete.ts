import type { Analysis } from "../analysis.ts";
import { type Placed, pathTo } from "../syntax-walk.ts";
import { wordAt } from "../word-docs.ts";
import { insideOffers } from "./inside.ts";
import { nameOffers } from "./names.ts";
import type { Offer } from "./offer.ts";
import { referenceOffers } from "./references.ts";
import { textOffers } from "./texts.ts";

/** Stands for the word that is being written: a name that no program has. */
const mark = "coppice__cursor";

/** A program in which the word at the cursor is a marked name, so that it parses as it will when it is finished. */
export interface MarkedProgram {
  readonly analysis: Analysis;
  /** The parts around the mark, the outermost first. */
  readonly path: readonly Placed[];
  /** The mark's place. */
  readonly at: number;
  readonly end: number;
  /** The line up to the mark. */
  readonly lineBefore: string;
}

/**
 * What could be written at an offset, the likeliest first; nothing in comments and where only the author can know.
 * `analyseText` looks at a variation of the program.
 */
export function completionsAt(
  analysis: Analysis,
  offset: number,
  analyseText: (text: string) => Analysis,
): Offer[] {
  const { text, parsed } = analysis;
  if (parsed.comments.some(({ span }) => span.start < offset && offset <= span.end)) return [];
  const inText = textOffers(analysis, offset);
  if (inText !== undefined) return inText;
  const { span, text: word } = wordAt(text, offset);
  if (/^\d/.test(word)) return [];
  const marked = analyseText(`${text.slice(0, span.start)}${mark}${text.slice(span.end)}`);
  const m: MarkedProgram = {
    analysis: marked,
    path: pathTo(marked.parsed.program, span.start + 1),
    at: span.start,
    end: span.start + mark.length,
    lineBefore: text.slice(text.lastIndexOf("\n", span.start - 1) + 1, span.start),
  };
  const inner = m.path.at(-1);
  const isMark = inner?.span.start === m.at && inner.span.end === m.end;
  if (isMark && inner.kind === "Name") return nameOffers(m);
  if (isMark && inner.kind === "Reference") return referenceOffers(m);
  return insideOffers(m);
}
