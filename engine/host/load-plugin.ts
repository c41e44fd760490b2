import type { Manifest } from "../../plugins/sdk/manifest.ts";
import { bundlePlugin } from "./bundle-plugin.ts";
import type { DriverDescription } from "./guest/isolate/describe-driver.ts";
import { type GuestEnd, startGuest } from "./guest-process.ts";
import { PluginError } from "./plugin-error.ts";
import { pluginHash } from "./plugin-hash.ts";
import { findPlugin } from "./read-manifest.ts";
import { SourcePositions, withoutMap } from "./source-position.ts";

/** A plugin ready to be kept by hash and run anywhere. */
export interface LoadedPlugin {
  readonly manifest: Manifest;
  /** One ES module with its source map inline. */
  readonly bundle: string;
  /** SHA-256 over both. */
  readonly hash: string;
}

/**
 * Loads a plugin from a folder (`plugin.json` and its entry point) or a single file: bundles it, runs it once in an
 * isolate of its own, and compares what it exports with what its manifest says. Throws `PluginError`.
 */
export async function loadPlugin(path: string): Promise<LoadedPlugin> {
  const place = findPlugin(path);
  const bundle = await bundlePlugin(place, path);
  const lies = differences(place.manifest, await describe(place.manifest, bundle, path));
  if (lies.length > 0)
    throw new PluginError(`${path}: the manifest doesn't say what the code does: ${lies.join("; ")}`, {
      code: "bad-plugin",
      help: "make plugin.json and the default export say the same",
    });
  return { manifest: place.manifest, bundle, hash: pluginHash(place.manifest, bundle) };
}

async function describe(manifest: Manifest, bundle: string, path: string): Promise<DriverDescription> {
  let end: GuestEnd | undefined;
  const guest = startGuest({
    bundle: withoutMap(bundle),
    name: `plugin:${manifest.name}`,
    memoryMb: 64,
    sliceMs: 3000,
    onText: () => {},
    onEnd: (e) => {
      end = e;
    },
  });
  try {
    return JSON.parse(await guest.opened) as DriverDescription;
  } catch (cause) {
    const at = new SourcePositions(bundle).where(end?.stack ?? "");
    throw new PluginError(
      `${path} can't be run: ${end?.message ?? (cause as Error).message}${at ? ` at ${at}` : ""}`,
      {
        code: "bad-plugin",
        cause,
      },
    );
  } finally {
    guest.bridge.kill({ reason: "closed", message: "described" });
  }
}

function differences(manifest: Manifest, code: DriverDescription): string[] {
  const lies = [...code.strange];
  if (code.contract !== manifest.contract && lies.length === 0)
    lies.push(`the code says contract ${JSON.stringify(code.contract)}, the manifest ${manifest.contract}`);
  const compare = (kind: string, declared: readonly string[], exported: readonly string[]) => {
    for (const name of declared)
      if (!exported.includes(name)) lies.push(`${kind} "${name}" is declared and not exported`);
    for (const name of exported)
      if (!declared.includes(name)) lies.push(`${kind} "${name}" is exported and not declared`);
  };
  compare("profile type", Object.keys(manifest.profiles), Object.keys(code.profiles));
  for (const [type, profile] of Object.entries(manifest.profiles)) {
    const exported = code.profiles[type];
    if (exported !== undefined) compare(`operation of ${type}`, Object.keys(profile.operations), exported);
  }
  compare("function", Object.keys(manifest.functions), code.functions);
  return lies;
}
