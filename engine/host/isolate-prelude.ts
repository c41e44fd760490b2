import { readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { buildSync, version } from "esbuild";
import { hashSources } from "../builds/hash-sources.ts";
import { keptBuild } from "../builds/kept-build.ts";

const root = fileURLToPath(new URL("../..", import.meta.url));
const isolate = join(root, "engine", "host", "guest", "isolate");
let built: string | undefined;

/**
 * Our own code that runs inside of every isolate, as one ES module without imports: it exports `connect`, `install`
 * and `dispatch` (`guest/isolate/entry.ts`). Built once for each state of its sources: bundling takes
 * some 50 ms, and a guest process may read neither the sources nor the packages behind them.
 */
export function isolatePrelude(): string {
  built ??= keptBuild("isolate", hashOfPrelude(), "js").readOr(buildPrelude);
  return built;
}

function buildPrelude(): string {
  const result = buildSync({
    entryPoints: [join(isolate, "entry.ts")],
    absWorkingDir: root,
    bundle: true,
    write: false,
    minify: true,
    format: "esm",
    target: "es2024",
    platform: "neutral",
    mainFields: ["module", "main"],
    legalComments: "none",
    logLevel: "silent",
    tsconfigRaw: "{}",
  });
  return (result.outputFiles[0] as { text: string }).text;
}

/** Packages inside of the prelude; their versions are exact in `package.json`. */
export const preludePackages = ["@exodus/bytes", "@noble/hashes", "web-streams-polyfill"] as const;

function hashOfPrelude(): string {
  const { dependencies } = JSON.parse(readFileSync(join(root, "package.json"), "utf8")) as {
    dependencies: Record<string, string>;
  };
  const packages = preludePackages.map((name) => `${name}@${dependencies[name]}`);
  const ours = readFileSync(import.meta.filename, "utf8");
  return hashSources(["engine/host/guest/isolate", "plugins/sdk"], [version, ours, ...packages]);
}
