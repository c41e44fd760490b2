/** What must not pass, and the text that stands for it. */
export type Traces = ReadonlyMap<string, { readonly handle: string }>;

/**
 * Takes traces of secrets out of bytes that come in pieces, also one that a border between two pieces cuts. Holds back
 * only an end that may be the beginning of a trace.
 */
export class StreamScrubber {
  /** Bytes as characters 0 to 255, longest first. */
  readonly #traces: readonly (readonly [trace: string, handle: string])[];
  readonly #longest: number;
  #held = "";

  constructor(traces: Traces) {
    this.#traces = [...traces]
      .map(([trace, { handle }]) => [asBytes(trace), asBytes(handle)] as const)
      .filter(([trace]) => trace !== "")
      .sort(([a], [b]) => b.length - a.length);
    this.#longest = this.#traces[0]?.[0].length ?? 0;
  }

  /** What of it may pass now. */
  push(chunk: Buffer): Buffer {
    if (this.#longest === 0) return chunk;
    return this.#pass(this.#held + chunk.toString("latin1"), false);
  }

  /** What was held back, when nothing more comes. */
  end(): Buffer {
    return this.#pass(this.#held, true);
  }

  #pass(text: string, last: boolean): Buffer {
    const holdFrom = last ? text.length : this.#mayContinue(text);
    let passed = "";
    let at = 0;
    while (at < holdFrom) {
      const found = this.#next(text, at);
      if (found === undefined || found.at >= holdFrom) break;
      passed += text.slice(at, found.at) + found.handle;
      at = found.at + found.length;
    }
    const border = Math.max(at, holdFrom);
    this.#held = text.slice(border);
    return Buffer.from(passed + text.slice(at, border), "latin1");
  }

  /** The first trace from a place on; of several there, the longest. */
  #next(text: string, from: number): { at: number; length: number; handle: string } | undefined {
    let best: { at: number; length: number; handle: string } | undefined;
    for (const [trace, handle] of this.#traces) {
      const at = text.indexOf(trace, from);
      if (at >= 0 && (best === undefined || at < best.at)) best = { at, length: trace.length, handle };
    }
    return best;
  }

  /** Where the end of a text begins that may become a trace, or a longer one, with what comes next. */
  #mayContinue(text: string): number {
    for (let i = Math.max(0, text.length - this.#longest + 1); i < text.length; i++) {
      const end = text.slice(i);
      if (this.#traces.some(([trace]) => trace.length > end.length && trace.startsWith(end))) return i;
    }
    return text.length;
  }
}

function asBytes(text: string): string {
  return Buffer.from(text, "utf8").toString("latin1");
}
