/** Which script engine holds the plugin's code. */
export type EngineName = "isolated-vm" | "quickjs";

export interface RoomOptions {
  readonly memoryMb: number;
  /** The longest that plugin code may compute at a stretch, in milliseconds. */
  readonly sliceMs: number;
  /** A debugger may come in, and stop the plugin as long as it likes. Only isolated-vm can. */
  readonly inspect?: boolean | undefined;
}

/** Why a room can't be used any more. */
export interface Lost {
  readonly reason: "memory" | "stuck" | "load";
  readonly message: string;
  readonly stack?: string | undefined;
}

export interface RoomWiring extends RoomOptions {
  readonly onPost: (text: string) => void;
  /** What the inspector says. */
  readonly onInspect: (text: string) => void;
  /** At most once. */
  readonly onLost: (lost: Lost) => void;
}

/**
 * One place for one plugin, with a heap of its own. Only texts go in and out, through functions that our own module
 * inside keeps in its closure; no object of the engine ever reaches the plugin.
 */
export interface Room {
  /** Runs the plugin's module and returns what it exports, as text. Once. */
  load(bundle: string, name: string): Promise<string>;
  dispatch(text: string): void;
  /** A message for the inspector, where there is one. */
  inspect?(text: string): void;
  close(): void;
}

/** A script engine. The bridge knows nothing of it but this. */
export interface Engine {
  /** A room in which our own module (the prelude: `connect`, `install`, `dispatch`) runs already, and no plugin yet. */
  createRoom(prelude: string, wiring: RoomWiring): Promise<Room>;
}
