import type { EngineName } from "../../engine/host/guest/room.ts";

/** Every attack runs on each script engine that plugins may run on. */
export const engines: readonly EngineName[] = ["isolated-vm", "quickjs"];
