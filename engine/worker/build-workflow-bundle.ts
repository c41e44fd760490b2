import path from "node:path";
import { type BundleOptions, bundleWorkflowCode } from "@temporalio/worker";
import { transformSync } from "esbuild";

/**
 * A program: writes the interpreter as one file for `Worker.create` to its output. It is a process of its own since whoever
 * bundles keeps the bundler, 100 MB, for life.
 */
async function main(): Promise<void> {
  const { code } = await bundleWorkflowCode({
    workflowsPath: path.join(import.meta.dirname, "..", "..", "workflows", "interpreter.ts"),
    logger: quiet,
    webpackConfigHook: forThisNode,
  });
  process.stdout.write(compact(withoutStacks + code));
}

/**
 * Temporal's SDK notes a source-mapped stack for every promise that a workflow makes, for the "Call Stack" tab. A lane
 * makes a dozen of them, and the interpreter's own frames tell an operator nothing (the checklist does), while they cost
 * most of a run over many nodes: so errors have no stacks, and the SDK's hook, which looks for the run by compiling a
 * function with `promise.constructor.constructor`, finds none and leaves (`npm run bench -- create`). Only the bundle may
 * say so: later the SDK freezes both.
 */
const withoutStacks =
  'Error.stackTraceLimit = 0; Object.defineProperty(Promise, "constructor", { value: () => () => undefined });';

/**
 * A worker holds the bundle several times over. One letter beyond Latin-1 in a comment doubles all of it, and its source map
 * is twice as long as the code: without both a worker takes 12 MB less.
 */
function compact(code: string): string {
  const { code: short } = transformSync(code, {
    charset: "ascii",
    minifyWhitespace: true,
    legalComments: "none",
    logLevel: "error",
  });
  return short + noSourceMap;
}

/** The SDK insists on a source map; nothing reads it where there are no stacks. */
const noSourceMap = `\n//# sourceMappingURL=data:application/json;base64,${Buffer.from(
  JSON.stringify({ version: 3, sources: [], names: [], mappings: "" }),
).toString("base64")}`;

/**
 * The SDK has the code rewritten for Node of 2017, where an object that is spread becomes a dozen calls through the
 * sandbox's global object. As it is written, a run over 1,000 nodes replays in five sixths of the time. Promises, whose
 * order counts, are the same in both.
 */
const target = "es2024";

const forThisNode: NonNullable<BundleOptions["webpackConfigHook"]> = (config) => {
  const rules = (config.module?.rules ?? []) as readonly { readonly use?: unknown }[];
  const uses = rules.map((rule) => rule.use);
  const swc = uses.find((use) => JSON.stringify(use)?.includes('"jsc"'));
  (swc as { options: { jsc: { target: string } } }).options.jsc.target = target; // throws where the SDK has no such rule
  return config;
};

/** Webpack's own talk is of no use to an operator; its errors are thrown. */
const quiet = {
  log() {},
  trace() {},
  debug() {},
  info() {},
  warn() {},
  error() {},
};

await main();
