/** One line of a table: what was measured, and its figures with their units in the names. */
export interface Row {
  readonly case: string;
  readonly figures: Readonly<Record<string, number | string>>;
  /** Whether the target of the issue was met, where it has one. */
  readonly target?: { readonly text: string; readonly met: boolean };
}

/** Something to measure by name: `npm run bench -- create`. */
export interface Suite {
  readonly name: string;
  readonly title: string;
  /** It takes long, or needs what most machines lack: measured only when it is named. */
  readonly onlyByName?: true;
  /** `short`: only to see that it runs; its figures mean nothing. */
  run(say: (line: string) => void, how: { readonly short: boolean }): Promise<readonly Row[]>;
}
