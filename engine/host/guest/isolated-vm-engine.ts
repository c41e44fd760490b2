import ivm from "isolated-vm";
import type { Engine, Lost, Room, RoomWiring } from "./room.ts";
import { RoomWires, unwanted } from "./room-wires.ts";
import { Slice, waitsAtMost } from "./slice.ts";

/** V8, an isolate for each room, on a thread of its own. */
export const isolatedVmEngine: Engine = {
  async createRoom(prelude, wiring) {
    const room = new IsolatedVmRoom(wiring);
    await room.prepare(prelude);
    return room;
  },
};

const probeMs = 100;

class IsolatedVmRoom implements Room {
  readonly #wiring: RoomWiring;
  readonly #isolate: ivm.Isolate;
  readonly #wires: RoomWires;
  #context: ivm.Context | undefined;
  #own: ivm.Module | undefined;
  #dispatch: ivm.Reference | undefined;
  #active = false;
  #lost = false;
  #probe: NodeJS.Timeout | undefined;
  #inspector: ivm.InspectorSession | undefined;

  constructor(wiring: RoomWiring) {
    this.#wiring = wiring;
    this.#wires = new RoomWires(wiring.onPost, (text) => this.dispatch(text));
    this.#isolate = new ivm.Isolate({
      memoryLimit: wiring.memoryMb,
      inspector: wiring.inspect === true,
      onCatastrophicError: (message) => this.#lose("memory", message),
    });
  }

  async prepare(prelude: string): Promise<void> {
    const context = await this.#isolate.createContext({ inspector: this.#wiring.inspect === true });
    await context.eval(unwanted.map((name) => `delete globalThis.${name};`).join(""));
    const own = await this.#isolate.compileModule(prelude, { filename: "coppice:entry" });
    await own.instantiate(context, refuseImport);
    await own.evaluate();
    const connect = await own.namespace.get("connect", { reference: true });
    const wires = this.#wires;
    await connect.apply(undefined, [
      new ivm.Callback((text: unknown) => wires.post(text), { ignored: true }),
      new ivm.Callback((id: unknown, ms: unknown) => wires.setTimer(id, ms), { ignored: true }),
      new ivm.Callback((count: unknown) => wires.randomBytes(count), { sync: true }),
      new ivm.Callback((text: unknown) => wires.parseUrl(text), { sync: true }),
    ]);
    this.#dispatch = await own.namespace.get("dispatch", { reference: true });
    this.#context = context;
    this.#own = own;
  }

  async load(bundle: string, name: string): Promise<string> {
    const [context, own] = [this.#context, this.#own];
    if (context === undefined || own === undefined) throw new Error("the room is not prepared");
    if (this.#wiring.inspect !== true) this.#watch(); // one that a debugger stopped is not stuck
    this.#active = true;
    const timeout = this.#wiring.sliceMs * waitsAtMost; // the watch ends what computes as long as that
    const plugin = await this.#isolate.compileModule(bundle, { filename: name });
    await plugin.instantiate(context, refuseImport);
    await plugin.evaluate({ timeout });
    const driver = await plugin.namespace.get("default", { reference: true });
    const install = await own.namespace.get("install", { reference: true });
    const described: unknown = await install.apply(undefined, [driver.derefInto()], { timeout });
    return String(described);
  }

  dispatch(text: string): void {
    if (this.#lost || this.#dispatch === undefined) return;
    this.#active = true;
    this.#dispatch.applyIgnored(undefined, [text]);
  }

  inspect(text: string): void {
    if (this.#lost || this.#wiring.inspect !== true) return;
    if (this.#inspector === undefined) {
      this.#inspector = this.#isolate.createInspectorSession();
      this.#inspector.onResponse = (_callId, message) => this.#wiring.onInspect(message);
      this.#inspector.onNotification = (message) => this.#wiring.onInspect(message);
    }
    this.#inspector.dispatchProtocolMessage(text);
  }

  close(): void {
    this.#lost = true;
    this.#inspector?.dispose();
    clearTimeout(this.#probe);
    this.#wires.close();
    if (!this.#isolate.isDisposed) this.#isolate.dispose();
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
        const { sliceMs } = this.#wiring;
        const slice = new Slice(sliceMs);
        const look = () => {
          if (slice.left > 0) late = setTimeout(look, Math.max(slice.left, probeMs));
          else this.#lose("stuck", `kept its thread for more than ${sliceMs} ms without a pause`);
        };
        let late = setTimeout(() => {
          late = setTimeout(look, probeMs); // an answer may wait already, if this process was held up itself
        }, sliceMs);
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
    this.#wires.close();
    this.#wiring.onLost({ reason, message });
  }
}

function refuseImport(specifier: string): never {
  throw new Error(`imports "${specifier}", which is not in its bundle`);
}
