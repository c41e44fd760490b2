import type { Comment } from "../parse/lexer.ts";
import type { Span } from "../spans.ts";

/** Hands out a program's comments in source order, each once, so that none is lost or doubled. */
export class CommentQueue {
  private readonly source: string;
  private readonly comments: readonly Comment[];
  private next = 0;

  constructor(source: string, comments: readonly Comment[]) {
    this.source = source;
    this.comments = comments;
  }

  /** Comments that begin before `offset` and were not handed out yet. */
  before(offset: number): Comment[] {
    const from = this.next;
    while (this.next < this.comments.length && this.comments[this.next]!.span.start < offset) this.next++;
    return this.comments.slice(from, this.next);
  }

  /** The comment behind `offset` on the same line, with nothing but a separator between. */
  behind(offset: number): Comment | undefined {
    const comment = this.comments[this.next];
    if (comment === undefined || comment.span.start < offset) return undefined;
    if (!/^[ \t,;]*$/.test(this.source.slice(offset, comment.span.start))) return undefined;
    this.next++;
    return comment;
  }

  /** How many were handed out. */
  get handedOut(): number {
    return this.next;
  }

  /** True when `before(offset)` would hand out a comment. */
  waitsBefore(offset: number): boolean {
    const comment = this.comments[this.next];
    return comment !== undefined && comment.span.start < offset;
  }

  /** True when a comment that was not handed out yet begins within the range. */
  within(span: Span): boolean {
    let low = this.next;
    let high = this.comments.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this.comments[middle]!.span.start < span.start) low = middle + 1;
      else high = middle;
    }
    const comment = this.comments[low];
    return comment !== undefined && comment.span.start < span.end;
  }

  text(comment: Comment): string {
    return this.source.slice(comment.span.start, comment.span.end);
  }

  /** A comment that documents nothing where it goes. */
  plainText(comment: Comment): string {
    return comment.kind === "doc" ? `//${this.text(comment).slice(3)}` : this.text(comment);
  }
}
