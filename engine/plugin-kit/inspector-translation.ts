interface Message {
  readonly method?: string;
  params?: Record<string, unknown>;
}

/**
 * What has to change between a debugger and an isolate. The isolate gets the bundle without its map: the map is added
 * where it tells of the script, so that breakpoints go by the author's own files. And it has no default context: what a
 * debugger evaluates without naming one happens in the plugin's.
 */
export class Translation {
  readonly #script: string;
  readonly #map: string | undefined;
  #context: unknown;

  constructor(script: string, map: string | undefined) {
    this.#script = script;
    this.#map = map;
  }

  toClient(text: string): string {
    if (!text.startsWith('{"method":"')) return text;
    const message = JSON.parse(text) as Message;
    const { method, params = {} } = message;
    if (method === "Runtime.executionContextCreated") {
      const context = params["context"] as { readonly id: number; readonly name: string };
      if (context.name !== "default") this.#context = context.id;
    }
    if (method !== "Debugger.scriptParsed" || params["url"] !== this.#script || this.#map === undefined)
      return text;
    const encoded = Buffer.from(this.#map).toString("base64");
    const sourceMapURL = `data:application/json;base64,${encoded}`;
    return JSON.stringify({ ...message, params: { ...params, sourceMapURL } });
  }

  toIsolate(text: string): string {
    if (!text.includes('"Runtime.evaluate"') || this.#context === undefined) return text;
    const message = JSON.parse(text) as Message;
    const { method, params = {} } = message;
    if (method !== "Runtime.evaluate" || "contextId" in params || "uniqueContextId" in params) return text;
    return JSON.stringify({ ...message, params: { ...params, contextId: this.#context } });
  }
}
