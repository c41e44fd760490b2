import { closeSync, existsSync, openSync, readSync } from "node:fs";
import type { Config } from "../config/config.ts";
import { currentConfig } from "../config/current-config.ts";
import { searchAttributeTypes } from "../temporal/search-attribute-types.ts";
import type { Home } from "./home.ts";
import { startLeashed } from "./leash.ts";
import { logEnd, logFile, openLog, tailOf } from "./log-files.ts";
import type { Part } from "./part.ts";
import { portInUse } from "./ports.ts";
import { StackError } from "./stack-error.ts";
import { temporalExecutable } from "./temporal-executable.ts";

const searchAttributes = Object.entries(searchAttributeTypes);

/** Temporal's development server with its UI; its history is a SQLite file in the home. */
export function temporalPart(
  home: Home,
  ports: { temporal: number; temporal_ui: number },
  config: Config = currentConfig(),
): Part {
  const executable = temporalExecutable(config);
  checkDatabase(home.temporal);
  return {
    name: "temporal",
    async start() {
      const from = logEnd(home, "temporal");
      const log = openLog(home, "temporal");
      const program = await startLeashed({
        executable,
        arguments: [
          ...[
            "server",
            "start-dev",
            "--ip",
            "127.0.0.1",
            "--port",
            String(ports.temporal),
            "--ui-port",
            String(ports.temporal_ui),
          ],
          ...[
            "--db-filename",
            home.temporal,
            "--sqlite-pragma",
            "journal_mode=wal",
            "--sqlite-pragma",
            "synchronous=normal",
          ],
          // without it every hop costs 50 ms in file mode
          ...["--dynamic-config-value", "history.transferProcessorMaxPollRPS=1000"],
          ...["--ui-disable-news-fetch", "--log-format", "json", "--log-level", "warn"],
          ...searchAttributes.flatMap(([name, type]) => ["--search-attribute", `${name}=${type}`]),
        ],
        signal: "TERM",
        graceSeconds: 10,
        log,
        cwd: home.folder,
        env: { PATH: process.env["PATH"], HOME: home.folder, TMPDIR: process.env["TMPDIR"] },
      });
      closeSync(log);
      const ended = new AbortController(); // ends the waiting, which would keep this process alive
      const died = program.exited.then((how): never => {
        ended.abort();
        throw explain(home, ports, how, tailOf(home, "temporal", from));
      });
      return { ...program, ready: Promise.race([died, untilReady(ports.temporal_ui, ended.signal)]) };
    },
  };
}

/** Its UI answers for the namespace and knows the last search attribute. */
async function untilReady(uiPort: number, signal: AbortSignal): Promise<void> {
  const last = searchAttributes.at(-1)?.[0] ?? "";
  const url = `http://127.0.0.1:${uiPort}/api/v1/namespaces/default/search-attributes`;
  while (!signal.aborted) {
    const text = await fetch(url, { signal: AbortSignal.timeout(2_000) }).then(
      (response) => (response.ok ? response.text() : ""),
      () => "",
    );
    if (text.includes(last)) return;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

function checkDatabase(file: string): void {
  if (!existsSync(file)) return;
  const head = Buffer.alloc(16);
  const open = openSync(file, "r");
  const size = readSync(open, head, 0, 16, 0);
  closeSync(open);
  if (size > 0 && head.toString("latin1") !== "SQLite format 3\0")
    throw badData(file, "it is not a SQLite database");
}

function badData(file: string, why: string): StackError {
  const help =
    "Put a backup there; or set it aside (nothing is deleted) and start with an empty one: coppice up --set-aside temporal. Runs that were going on then end as failed.";
  return new StackError("bad-data", `Temporal's file ${file} can't be used: ${why}`, help);
}

function explain(
  home: Home,
  ports: { temporal: number; temporal_ui: number },
  how: string,
  lines: readonly string[],
): StackError {
  const why = lines.at(-1) ?? how;
  const text = lines.join("\n");
  if (/address already in use/i.test(text)) {
    return text.includes(String(ports.temporal_ui))
      ? portInUse("temporal_ui", ports.temporal_ui)
      : portInUse("temporal", ports.temporal);
  }
  if (/malformed|not a database|corrupt|disk I\/O|no such table/i.test(text))
    return badData(home.temporal, why);
  const help = `Look at ${logFile(home, "temporal")}; if its history is at fault: coppice up --set-aside temporal`;
  return new StackError("temporal-failed", `Temporal's server did not start (${how}): ${why}`, help);
}
