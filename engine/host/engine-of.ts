import type { Manifest } from "../../plugins/sdk/manifest.ts";
import type { Config } from "../config/config.ts";
import { currentConfig } from "../config/current-config.ts";
import type { EngineName } from "./guest/room.ts";

/**
 * The engine for a plugin. One that only computes gets QuickJS, which makes no machine code; others get V8.
 * The option `engine` decides for all, for tests.
 */
export function engineOf(manifest: Pick<Manifest, "tier">, config: Config = currentConfig()): EngineName {
  return config.get("engine") ?? (manifest.tier === "pure" ? "quickjs" : "isolated-vm");
}
