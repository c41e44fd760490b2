import type { InspectedGuest } from "../host/inspected-guest.ts";

interface Answer {
  readonly id?: number;
  readonly result?: { readonly usedSize?: number; readonly backingStorageSize?: number };
}

/** Measures what a plugin's isolate really holds: after its garbage was collected. */
export class HeapMeter {
  readonly #waiting = new Map<number, (answer: Answer) => void>();
  #guest: InspectedGuest | undefined;
  #last = 0;

  /** For `createPluginHost({ inspect })`; of several guests the newest is measured. */
  readonly inspect = (guest: InspectedGuest) => {
    this.#guest = guest;
    return {
      onMessage: (text: string) => {
        const answer = JSON.parse(text) as Answer;
        if (answer.id !== undefined) this.#waiting.get(answer.id)?.(answer);
      },
      onEnd: () => {
        for (const resolve of this.#waiting.values()) resolve({});
      },
    };
  };

  /** Bytes in use, array buffers included; `null` when the guest has ended. */
  async bytes(): Promise<number | null> {
    await this.#ask("HeapProfiler.collectGarbage");
    await this.#ask("HeapProfiler.collectGarbage"); // what finalizers let go
    const { result } = await this.#ask("Runtime.getHeapUsage");
    return result?.usedSize === undefined ? null : result.usedSize + (result.backingStorageSize ?? 0);
  }

  async #ask(method: string): Promise<Answer> {
    const id = ++this.#last;
    const answered = new Promise<Answer>((resolve) => this.#waiting.set(id, resolve));
    this.#guest?.send(JSON.stringify({ id, method }));
    const answer = this.#guest === undefined ? {} : await answered;
    this.#waiting.delete(id);
    return answer;
  }
}
