import { createHash } from "node:crypto";
import { mkdirSync, readdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { buildSync, version } from "esbuild";

const root = fileURLToPath(new URL("../..", import.meta.url));
const isolate = join(root, "engine", "host", "guest", "isolate");
let built: string | undefined;

/**
 * Our own code that runs inside of every isolate, as one ES module without imports: it exports `connect`, `install`
 * and `dispatch` (`guest/isolate/entry.ts`). Built once for each state of its sources and kept in `.cache`: bundling
 * takes some 50 ms, and a guest process may read neither the sources nor the packages behind them.
 */
export function isolatePrelude(): string {
  built ??= readOrBuild();
  return built;
}

function readOrBuild(): string {
  const folder = join(root, ".cache", "isolate");
  const path = join(folder, `${hashSources()}.js`);
  try {
    return readFileSync(path, "utf8");
  } catch {
    const text = buildPrelude();
    try {
      mkdirSync(folder, { recursive: true });
      const draft = `${path}.${process.pid}`;
      writeFileSync(draft, text);
      renameSync(draft, path); // whole or not at all, also with two workers
    } catch {
      // a read-only installation builds it in every process
    }
    return text;
  }
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

function hashSources(): string {
  const hash = createHash("sha256")
    .update(version)
    .update(readFileSync(fileURLToPath(import.meta.url)));
  const { dependencies } = JSON.parse(readFileSync(join(root, "package.json"), "utf8")) as {
    dependencies: Record<string, string>;
  };
  for (const name of preludePackages) hash.update(`${name}@${dependencies[name]}\0`);
  for (const folder of [isolate, join(root, "plugins", "sdk")])
    for (const name of readdirSync(folder).sort())
      if (name.endsWith(".ts")) hash.update(`${name}\0`).update(readFileSync(join(folder, name)));
  return hash.digest("hex").slice(0, 32);
}
