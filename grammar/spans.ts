/** A half-open range of UTF-16 offsets in one source file: `start <= offset < end`. */
export interface Span {
  readonly start: number;
  readonly end: number;
}

/** A place in a source file as people count: lines and columns start at 1; `endColumn` is exclusive. */
export interface Position {
  /** Index into the plan's `files`. */
  readonly file: number;
  readonly line: number;
  readonly column: number;
  readonly endLine: number;
  readonly endColumn: number;
}
