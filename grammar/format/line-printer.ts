import type { Comment } from "../parse/lexer.ts";
import type { Span } from "../spans.ts";
import { CommentQueue } from "./comments.ts";

/** Prints parts of a program one per line, with the comments and the single empty lines that stand among them. */
export class LinePrinter {
  protected readonly source: string;
  protected readonly comments: CommentQueue;

  constructor(source: string, comments: readonly Comment[]) {
    this.source = source;
    this.comments = new CommentQueue(source, comments);
  }

  protected written(node: { readonly span: Span }): string {
    return this.source.slice(node.span.start, node.span.end);
  }

  /** Items one per line between brackets, with the comments and the single empty lines that stand among them. */
  protected lines<Item extends { readonly span: Span }>(
    open: string,
    close: string,
    items: readonly Item[],
    end: number,
    indent: number,
    separator: string,
    print: (item: Item) => string,
  ): string {
    const inner = this.itemLines(items, end, indent + 1, separator, print);
    return inner === "" ? `${open}${close}` : `${open}\n${inner}\n${pad(indent)}${close}`;
  }

  /** The lines of items, and of comments up to `end`. */
  protected itemLines<Item extends { readonly span: Span }>(
    items: readonly Item[],
    end: number,
    indent: number,
    separator: string,
    print: (item: Item) => string,
  ): string {
    const out: string[] = [];
    let last = -1;
    const push = (start: number, text: string, stop: number) => {
      const isApart = last !== -1 && /\n[ \t\r]*\n/.test(this.source.slice(last, start));
      out.push(isApart ? `\n${pad(indent)}${text}` : `${pad(indent)}${text}`);
      last = stop;
    };
    for (const item of items) {
      for (const comment of this.comments.before(item.span.start)) {
        push(comment.span.start, this.comments.text(comment), comment.span.end);
      }
      const handedOut = this.comments.handedOut;
      const text = print(item);
      const isInside = this.comments.handedOut > handedOut;
      // Comments in the middle of it, where no line of their own is free, are plain ones, not its doc. They go above it,
      // or below where others stand inside of it: comments keep their order.
      const middle = this.comments.before(item.span.end);
      const above = isInside ? [] : middle;
      const below = isInside ? middle : [];
      for (const comment of above) {
        push(comment.span.start, this.comments.plainText(comment), comment.span.end);
        last = item.span.start;
      }
      const behind = below.length > 0 ? undefined : this.comments.behind(item.span.end);
      push(
        item.span.start,
        `${text}${separator}${behind === undefined ? "" : ` ${this.comments.text(behind)}`}`,
        behind?.span.end ?? item.span.end,
      );
      for (const comment of below) {
        push(item.span.end, this.comments.plainText(comment), item.span.end);
      }
    }
    for (const comment of this.comments.before(end)) {
      push(comment.span.start, this.comments.text(comment), comment.span.end);
    }
    return out.join("\n");
  }
}

/** The blanks before a line. */
export function pad(indent: number): string {
  return "  ".repeat(indent);
}
