// The CLI's entry, under Node 24. Plain JavaScript: a TypeScript entry would be stripped anew at each start, for 40 ms.
import { enableCompileCache } from "node:module";
import path from "node:path";

enableCompileCache(path.join(import.meta.dirname, "..", ".cache", "compile")); // before everything that is worth caching

if (process.channel) {
  // our parent holds the other end: when it ends, however, so do we
  process.once("disconnect", () => process.kill(process.pid, "SIGTERM"));
  process.channel.unref();
}
process.stdout.on("error", (error) => {
  if (error.code === "EPIPE") process.exit(0); // the reader (head, less) has seen enough
  throw error;
});

const { runCli } = await import("../engine/cli/run-cli.ts");
process.exitCode = await runCli(process.argv.slice(2));
