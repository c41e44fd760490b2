import { SourceMap } from "node:module";

/** A message of the Chrome DevTools protocol that nobody asked for. */
export interface CdpEvent {
  readonly method: string;
  readonly params: Record<string, unknown>;
}

/** A bare debugger: asks, and hears. */
export class CdpClient {
  readonly #socket: WebSocket;
  readonly #waiting = new Map<number, (message: { result?: object; error?: { message: string } }) => void>();
  readonly events: CdpEvent[] = [];
  #last = 0;

  private constructor(socket: WebSocket) {
    this.#socket = socket;
    socket.addEventListener("message", ({ data }) => {
      const message = JSON.parse(String(data));
      if (message.id === undefined) this.events.push(message);
      else this.#waiting.get(message.id)?.(message);
    });
  }

  static async connect(url: string): Promise<CdpClient> {
    const socket = new WebSocket(url);
    await new Promise((resolve, reject) => {
      socket.addEventListener("open", resolve);
      socket.addEventListener("error", () => reject(new Error(`${url} refused`)));
    });
    return new CdpClient(socket);
  }

  async ask<T = Record<string, never>>(method: string, params: object = {}): Promise<T> {
    const id = ++this.#last;
    const answer = new Promise<{ result?: object; error?: { message: string } }>((resolve) =>
      this.#waiting.set(id, resolve),
    );
    this.#socket.send(JSON.stringify({ id, method, params }));
    const { result, error } = await answer;
    if (error !== undefined) throw new Error(error.message);
    return result as T;
  }

  /** Resolves when the other side knows. */
  async close(): Promise<void> {
    const closed = new Promise((resolve) => this.#socket.addEventListener("close", resolve));
    this.#socket.close();
    await closed;
  }
}

/** Where a line of an author's file is in the bundle, by the map that the debugger was given; both count from 0. */
export function generatedLine(sourceMapUrl: string, source: string, line: number): number {
  const [, encoded = ""] = sourceMapUrl.split("base64,");
  const map = new SourceMap(JSON.parse(Buffer.from(encoded, "base64").toString("utf8")));
  for (let at = 0; at < 100_000; at++) {
    for (const column of [0, 2, 4, 6, 8, 10, 12]) {
      const found = map.findEntry(at, column);
      if ("originalSource" in found && found.originalSource === source && found.originalLine === line)
        if (found.generatedLine === at) return at;
    }
  }
  throw new Error(`${source}:${line + 1} is not in the bundle`);
}
