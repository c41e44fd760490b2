import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, globSync } from "node:fs";
import { delimiter, join } from "node:path";
import { Connection } from "@temporalio/client";
import { searchAttributeTypes } from "../../engine/temporal/search-attribute-types.ts";
import { freePort } from "./postgres.ts";
import type { Service } from "./services.ts";

/** A Temporal dev server in memory, without its UI, with the engine's search attributes. `address` is `host:port`. */
export function startTemporal(): Promise<Service> {
  return startTemporalAt();
}

/** The same on a given port, and with its state in a file when `file` is given, so that a restart finds it again. */
export async function startTemporalAt(q: { port?: number; file?: string } = {}): Promise<Service> {
  const port = q.port ?? (await freePort());
  const attributes = Object.entries(searchAttributeTypes).map(([name, type]) => `${name}=${type}`);
  const child = spawn(
    temporalCli(),
    [
      ...[
        "server",
        "start-dev",
        "--headless",
        "--ip",
        "127.0.0.1",
        "--port",
        String(port),
        "--log-level",
        "error",
      ],
      ...["--dynamic-config-value", "history.transferProcessorMaxPollRPS=1000"],
      ...attributes.flatMap((attribute) => ["--search-attribute", attribute]),
      ...(q.file === undefined ? [] : ["--db-filename", q.file]),
    ],
    { stdio: "ignore" },
  );
  const address = `127.0.0.1:${port}`;
  await untilServing(address, () => child.exitCode !== null);
  return {
    address,
    async stop() {
      const ended = once(child, "exit");
      child.kill("SIGKILL");
      await ended;
    },
  };
}

async function untilServing(address: string, hasEnded: () => boolean): Promise<void> {
  for (;;) {
    try {
      const connection = await Connection.connect({ address, connectTimeout: 1000 });
      await connection.workflowService.describeNamespace({ namespace: "default" });
      return await connection.close();
    } catch (error) {
      if (hasEnded()) throw new Error("the test Temporal server ended at once", { cause: error });
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  }
}

/** `TEMPORAL_CLI`, the one that the set-up installed, or one on PATH. */
function temporalCli(): string {
  const root = join(import.meta.dirname, "../..");
  const installed = globSync(".cache/**/bin/temporal", { cwd: root }).map((path) => join(root, path));
  const onPath = (process.env["PATH"] ?? "").split(delimiter).map((folder) => join(folder, "temporal"));
  const found = [process.env["TEMPORAL_CLI"] ?? "", ...installed, ...onPath].find(
    (path) => path !== "" && existsSync(path),
  );
  if (found === undefined)
    throw new Error("no Temporal CLI found; run the set-up (npm test) or set TEMPORAL_CLI");
  return found;
}
