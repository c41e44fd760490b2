import ivm from "isolated-vm";
import { parseUrl } from "./parse-url.ts";

export interface RoomOptions {
  readonly memoryMb: number;
  /** The longest that plugin code may keep the isolate's thread at a stretch, in milliseconds. */
  readonly sliceMs: number;
}

export interface Lost {
  readonly reason: "memory" | "stuck" | "load";
  readonly message: string;
  readonly stack?: string | undefined;
}

interface RoomWiring extends RoomOptions {
  /** Our own module inside: exports `connect`, `install` and `dispatch`. */
  readonly prelude: string;
  readonly randomBytes: (count: number) => Buffer;
  readonly onPost: (text: string) => void;
  readonly onLost: (lost: Lost) => void;
}

const probeMs = 100;
const timersAtMost = 1000;

/**
 * One isolate with one plugin in it. Only texts go in and out, through callbacks that our own module inside
 * (`isolate/entry.ts`) keeps in its closure; no object of isolated-vm ever reaches the plugin.
 */
export class Room {
  readonly #wiring: RoomWiring;
  readonly #isolate: ivm.Isolate;
  readonly #timers = new Map<number, NodeJS.Timeout>();
  #dispatch: ivm.Reference | undefined;
  #active = false;
  #lost = false;
  #probe: NodeJS.Timeout | undefined;

  constructor(wiring: RoomWiring) {
    this.#wiring = wiring;
    this.#isolate = new ivm.Isolate({
      memoryLimit: wiring.memoryMb,
      onCatastrophicError: (message) => this.#lose("memory", message),
    });
  }

  /** Sets the globals up, runs the plugin's module, and returns what it exports, as text. */
  async load(bundle: string, name: string): Promise<string> {
    const context = await this.#isolate.createContext();
    await context.eval(
      "delete globalThis.WebAssembly; delete globalThis.SharedArrayBuffer; delete globalThis.Atomics;",
    );
    const own = await this.#compileOwn(context);
    const connect = await own.namespace.get("connect", { reference: true });
    await connect.apply(undefined, [
      new ivm.Callback((text: unknown) => this.#post(text), { ignored: true }),
      new ivm.Callback((id: unknown, ms: unknown) => this.#setTimer(id, ms), { ignored: true }),
      new ivm.Callback((count: unknown) => this.#random(count), { sync: true }),
      new ivm.Callback((text: unknown) => parseUrl(text), { sync: true }),
    ]);
    this.#dispatch = await own.namespace.get("dispatch", { reference: true });
    this.#watch();
    this.#active = true;
    const plugin = await this.#isolate.compileModule(bundle, { filename: name });
    await plugin.instantiate(context, (specifier) => {
      throw new Error(`imports "${specifier}", which is not in its bundle`);
    });
    await plugin.evaluate({ timeout: this.#wiring.sliceMs });
    const driver = await plugin.namespace.get("default", { reference: true });
    const install = await own.namespace.get("install", { reference: true });
    const described: unknown = await install.apply(undefined, [driver.derefInto()], {
      timeout: this.#wiring.sliceMs,
    });
    return String(described);
  }

  dispatch(text: string): void {
    if (this.#lost || this.#dispatch === undefined) return;
    this.#active = true;
    this.#dispatch.applyIgnored(undefined, [text]);
  }

  close(): void {
    this.#lost = true;
    clearTimeout(this.#probe);
    for (const timer of this.#timers.values()) clearTimeout(timer);
    if (!this.#isolate.isDisposed) this.#isolate.dispose();
  }

  async #compileOwn(context: ivm.Context): Promise<ivm.Module> {
    const own = await this.#isolate.compileModule(this.#wiring.prelude, { filename: "coppice:prelude.js" });
    await own.instantiate(context, () => {
      throw new Error("the prelude imports nothing");
    });
    await own.evaluate();
    return own;
  }

  #post(text: unknown): void {
    if (!this.#lost && typeof text === "string") this.#wiring.onPost(text);
  }

  /** A negative time clears the timer. */
  #setTimer(id: unknown, ms: unknown): void {
    if (typeof id !== "number" || typeof ms !== "number") return;
    clearTimeout(this.#timers.get(id));
    this.#timers.delete(id);
    if (ms < 0 || this.#timers.size >= timersAtMost) return;
    const fire = () => {
      this.#timers.delete(id);
      this.dispatch(`{"t":"timer","id":${id}}`);
    };
    this.#timers.set(id, setTimeout(fire, ms));
  }

  #random(count: unknown): ArrayBuffer {
    const bytes = this.#wiring.randomBytes(Math.min(Number(count), 65_536));
    return new Uint8Array(bytes).buffer;
  }

  /**
   * While there was work, sends an empty task after it and waits: the isolate runs its tasks in order, so a late
   * answer means that plugin code holds the thread, in whatever way it got there.
   */
  #watch(): void {
    this.#probe = setTimeout(async () => {
      if (this.#lost) return;
      if (this.#active) {
        this.#active = false;
        const late = setTimeout(
          () =>
            this.#lose("stuck", `kept its thread for more than ${this.#wiring.sliceMs} ms without a pause`),
          this.#wiring.sliceMs,
        );
        try {
          await this.#dispatch?.apply(undefined, ['{"t":"probe"}']);
        } catch (error) {
          this.#lose("memory", (error as Error).message);
        }
        clearTimeout(late);
      }
      this.#watch();
    }, probeMs);
  }

  #lose(reason: Lost["reason"], message: string): void {
    if (this.#lost) return;
    this.#lost = true;
    this.#wiring.onLost({ reason, message });
  }
}
