import { closeSync } from "node:fs";
import { type Logger, pino } from "pino";
import type { Home } from "./home.ts";
import { logFile, openLog } from "./log-files.ts";

/** The supervisor's own log, `home/logs/stack.log`: one JSON document a line. */
export function openStackLog(home: Home): Logger {
  closeSync(openLog(home, "stack")); // rotates it
  return pino(
    { name: "stack" },
    pino.destination({ dest: logFile(home, "stack"), sync: true, append: true }),
  );
}
