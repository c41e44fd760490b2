import { StringDecoder } from "node:string_decoder";

const keptAtMost = 1024 * 1024;
const lineAtMost = 8 * 1024;

/** One output stream of a command: its text up to 1 MiB, and its lines as they come. */
export class OutputText {
  readonly #decoder = new StringDecoder("utf8");
  readonly #onLine: (line: string) => void;
  #text = "";
  #line = "";
  truncated = false;

  constructor(onLine: (line: string) => void) {
    this.#onLine = onLine;
  }

  push(chunk: Buffer): void {
    this.#take(this.#decoder.write(chunk));
  }

  /** The text, once there is no more. */
  end(): string {
    this.#take(this.#decoder.end());
    if (this.#line !== "") this.#onLine(this.#line.slice(0, lineAtMost));
    this.#line = "";
    return this.#text;
  }

  #take(text: string): void {
    const room = keptAtMost - this.#text.length;
    if (text.length > room) this.truncated = true;
    this.#text += text.slice(0, Math.max(room, 0));
    const lines = (this.#line + text).split("\n");
    this.#line = (lines.pop() ?? "").slice(0, lineAtMost);
    for (const line of lines) this.#onLine(line.slice(0, lineAtMost).replace(/\r$/, ""));
  }
}
