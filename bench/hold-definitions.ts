/**
 * Run by the suite `definitions` in a process of its own, with `--expose-gc`: compiles as many different programs as its
 * argument says, holds their plans, and prints what they cost as JSON. `stored` holds them as they come out of Postgres.
 */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { loadLibrary } from "../engine/actions/load-library.ts";
import { readManifest } from "../engine/host/read-manifest.ts";
import { compileProgram } from "../grammar/compile.ts";
import type { Plan } from "../grammar/plan.ts";

const root = join(import.meta.dirname, "..");
const count = Number(process.argv[2]);
const stored = process.argv[3] === "stored";
const text = readFileSync(join(root, "examples/storefront.coppice"), "utf8");
const fake = readManifest(join(root, "plugins/fake"));
const library = loadLibrary();

const held: Plan[] = [compile(0)];
const before = used();
const begun = performance.now();
for (let index = 1; index <= count; index += 1) {
  const plan = compile(index);
  held.push(stored ? JSON.parse(JSON.stringify(plan)) : plan);
}
const seconds = (performance.now() - begun) / 1_000;
const bytes = used() - before;
console.log(JSON.stringify({ held: held.length - 1, bytes, seconds, rss: process.memoryUsage().rss }));

function compile(index: number): Plan {
  const { plan, diagnostics } = compileProgram({
    path: `program-${index}.coppice`,
    text: text.replace("shop/web:1.27", `shop/web:1.${index}`),
    library,
    plugins: () => fake,
  });
  if (plan === null) throw new Error(JSON.stringify(diagnostics[0]));
  return plan;
}

function used(): number {
  globalThis.gc?.();
  return process.memoryUsage().heapUsed;
}
