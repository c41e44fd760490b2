import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import ng from "@jitl/quickjs-ng-wasmfile-release-sync";
import {
  newQuickJSWASMModuleFromVariant,
  newVariant,
  type QuickJSContext,
  type QuickJSHandle,
  type QuickJSRuntime,
  type QuickJSSyncVariant,
  type VmCallResult,
} from "quickjs-emscripten-core";
import type { Engine, Lost, Room, RoomWiring } from "./room.ts";
import { RoomWires, unwanted } from "./room-wires.ts";
import { Slice } from "./slice.ts";

/** QuickJS as WebAssembly: an interpreter in a linear memory of its own for each room, on the process's own thread. */
export async function quickJsEngine(): Promise<Engine> {
  const path = createRequire(import.meta.url).resolve("@jitl/quickjs-ng-wasmfile-release-sync/wasm");
  const wasmModule = await compile(readFileSync(path));
  const variant = newVariant(ng as unknown as QuickJSSyncVariant, { wasmModule }); // its types describe the CommonJS file
  return {
    async createRoom(prelude, wiring) {
      const module = await newQuickJSWASMModuleFromVariant(variant);
      return new QuickJsRoom(module.newRuntime(), prelude, wiring);
    },
  };
}

/** @types/node has WebAssembly's types without its functions. */
const { compile } = (
  globalThis as unknown as { WebAssembly: { compile(bytes: Uint8Array): Promise<WebAssembly.Module> } }
).WebAssembly;

const stackBytes = 256 * 1024;

class QuickJsRoom implements Room {
  readonly #wiring: RoomWiring;
  readonly #wires: RoomWires;
  readonly #runtime: QuickJSRuntime;
  readonly #context: QuickJSContext;
  readonly #dispatch: QuickJSHandle;
  readonly #install: QuickJSHandle;
  readonly #slice: Slice;
  #overran = false;
  #lost = false;

  constructor(runtime: QuickJSRuntime, prelude: string, wiring: RoomWiring) {
    this.#wiring = wiring;
    this.#runtime = runtime;
    this.#slice = new Slice(wiring.sliceMs);
    runtime.setMemoryLimit(wiring.memoryMb * 1024 * 1024);
    runtime.setMaxStackSize(stackBytes);
    runtime.setInterruptHandler(() => {
      this.#overran ||= this.#slice.left === 0;
      return this.#overran;
    });
    // every import is refused, so that nobody finds our own module under its name
    runtime.setModuleLoader(
      (name) => ({ error: new Error(`imports "${name}", which is not in its bundle`) }),
      (_base, name) => ({ error: new Error(`imports "${name}", which is not in its bundle`) }),
    );
    this.#context = runtime.newContext();
    this.#wires = new RoomWires(wiring.onPost, (text) => this.dispatch(text));
    const own = this.#enter((context) => {
      this.#take(context.evalCode(unwanted.map((name) => `delete globalThis.${name};`).join("")));
      return this.#take(context.evalCode(prelude, "coppice:entry", { type: "module" }));
    });
    this.#dispatch = this.#context.getProp(own, "dispatch");
    this.#install = this.#context.getProp(own, "install");
    this.#enter((context) => {
      const connect = context.getProp(own, "connect");
      this.#take(context.callFunction(connect, context.undefined, ...this.#outlets(context)));
    });
  }

  async load(bundle: string, name: string): Promise<string> {
    try {
      const exported = this.#enter((context) =>
        this.#take(context.evalCode(bundle, name, { type: "module" })),
      );
      const module = this.#settled(exported);
      return this.#enter((context) => {
        const driver = context.getProp(module, "default");
        return context.getString(this.#take(context.callFunction(this.#install, context.undefined, driver)));
      });
    } catch (error) {
      if (this.#overran) throw new Error(tooLong(this.#wiring.sliceMs));
      throw error;
    }
  }

  dispatch(text: string): void {
    if (this.#lost) return;
    try {
      this.#enter((context) => {
        const argument = context.newString(text);
        const result = context.callFunction(this.#dispatch, context.undefined, argument);
        argument.dispose();
        this.#take(result).dispose();
      });
    } catch (error) {
      if (this.#overran) this.#lose("stuck", tooLong(this.#wiring.sliceMs));
      else if (!(error instanceof ThrownInside)) this.#lose("memory", (error as Error).message);
      else if (error.message === outOfMemory) this.#lose("memory", error.message);
      // else a timer of the plugin's threw, which is nobody's business but its own
    }
  }

  /** The engine's memory goes with its last reference: nothing inside has to be in order for that. */
  close(): void {
    this.#lost = true;
    this.#wires.close();
  }

  /** Runs something and then all that it left for later, within one slice of time. */
  #enter<T>(work: (context: QuickJSContext) => T): T {
    this.#slice.begin();
    const result = work(this.#context);
    while (this.#runtime.hasPendingJob()) {
      const { error } = this.#runtime.executePendingJobs(); // stops at one that throws
      if (error !== undefined) this.#giveUpFor(this.#problem(error));
    }
    if (this.#overran) throw new Error(tooLong(this.#wiring.sliceMs));
    return result;
  }

  #giveUpFor(problem: Error): void {
    if (this.#overran || problem.message === outOfMemory) throw problem;
  }

  #take(result: VmCallResult<QuickJSHandle>): QuickJSHandle {
    if (result.error) throw this.#problem(result.error);
    return result.value;
  }

  /** A module's exports; a module with `await` at its top gives a promise of them. */
  #settled(exported: QuickJSHandle): QuickJSHandle {
    const state = this.#context.getPromiseState(exported);
    if (state.type === "fulfilled") return state.value;
    if (state.type === "rejected") throw this.#problem(state.error);
    throw new Error("awaits something at its top level that comes from outside");
  }

  /** What was thrown inside, as an error of ours with the stack from inside. */
  #problem(thrown: QuickJSHandle): Error {
    const text = (name: string): string => {
      const value = this.#context.getProp(thrown, name);
      return this.#context.typeof(value) === "string" ? this.#context.getString(value) : "";
    };
    const error = new ThrownInside("threw something that can't be read");
    try {
      error.message = text("message") || error.message;
      error.stack = text("stack");
    } catch {
      // a trap inside: the message above stands
    }
    thrown.dispose();
    return error;
  }

  #outlets(context: QuickJSContext): QuickJSHandle[] {
    const wires = this.#wires;
    const text = (handle: QuickJSHandle | undefined): string | undefined =>
      handle !== undefined && context.typeof(handle) === "string" ? context.getString(handle) : undefined;
    const number = (handle: QuickJSHandle | undefined): number | undefined =>
      handle !== undefined && context.typeof(handle) === "number" ? context.getNumber(handle) : undefined;
    return [
      context.newFunction("post", (message) => wires.post(text(message))),
      context.newFunction("setTimer", (id, ms) => wires.setTimer(number(id), number(ms))),
      context.newFunction("randomBytes", (count) => context.newArrayBuffer(wires.randomBytes(number(count)))),
      context.newFunction("parseUrl", (question) => {
        const answer = wires.parseUrl(text(question));
        return answer === null ? context.null : context.newString(answer);
      }),
    ];
  }

  #lose(reason: Lost["reason"], message: string): void {
    if (this.#lost) return;
    this.close();
    this.#wiring.onLost({ reason, message });
  }
}

/** Thrown by code inside, not by the engine. */
class ThrownInside extends Error {}

const outOfMemory = "out of memory";

function tooLong(sliceMs: number): string {
  return `kept its thread for more than ${sliceMs} ms without a pause`;
}
