import type { Manifest } from "../../plugins/sdk/manifest.ts";
import type { EngineName } from "./guest/room.ts";

/**
 * The engine for a plugin. One that only computes gets QuickJS, which makes no machine code; others get V8.
 * `COPPICE_ENGINE` decides for all, for tests.
 */
export function engineOf(manifest: Pick<Manifest, "tier">, env: NodeJS.ProcessEnv = process.env): EngineName {
  const forced = env["COPPICE_ENGINE"];
  if (forced === "quickjs" || forced === "isolated-vm") return forced;
  return manifest.tier === "pure" ? "quickjs" : "isolated-vm";
}
