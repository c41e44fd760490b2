import { closeSync } from "node:fs";
import path from "node:path";
import type { Config } from "../config/config.ts";
import { currentConfig } from "../config/current-config.ts";
import type { Home } from "./home.ts";
import { startLeashed } from "./leash.ts";
import { logEnd, logFile, openLog, tailOf } from "./log-files.ts";
import type { Part } from "./part.ts";
import { portInUse } from "./ports.ts";
import {
  badData,
  initializePostgres,
  postgresDatabase,
  postgresPassword,
  postgresUser,
} from "./postgres-data.ts";
import { postgresFiles } from "./postgres-files.ts";
import { postgresAccount } from "./run-as.ts";
import { StackError } from "./stack-error.ts";

/** Longer paths of sockets the system refuses: 107 bytes on Linux, 103 on macOS. */
const longestSocket = 103;

/** The embedded Postgres of this home on 127.0.0.1, behind a password; its URL names the quicker socket in its data folder. */
export function postgresPart(
  home: Home,
  port: number,
  config: Config = currentConfig(),
): Part & { readonly url: string } {
  const account = postgresAccount(config);
  const files = postgresFiles(home, account);
  initializePostgres(home, files, account);
  const socket = path.join(files.data, `.s.PGSQL.${port}`);
  const socketFolder = Buffer.byteLength(socket) <= longestSocket ? files.data : "";
  const tcpUrl = `postgres://${postgresUser}:${postgresPassword(home)}@127.0.0.1:${port}/${postgresDatabase}`;
  const url = socketFolder === "" ? tcpUrl : `${tcpUrl}?host=${encodeURIComponent(socketFolder)}`;
  return {
    name: "postgres",
    url,
    async start() {
      const from = logEnd(home, "postgres");
      const log = openLog(home, "postgres");
      const program = await startLeashed({
        executable: files.postgres,
        arguments: ["-D", files.data, "-p", String(port), "-h", "127.0.0.1", ...settings(socketFolder)],
        signal: "INT", // "fast": ends the clients' sessions rather than wait for them
        graceSeconds: 20,
        log,
        cwd: path.dirname(files.data),
        env: { PATH: process.env["PATH"], LC_ALL: "C", TZ: "UTC" },
        user: account ?? undefined,
      });
      closeSync(log);
      const ended = new AbortController(); // ends the waiting, which would keep this process alive
      const died = program.exited.then((how): never => {
        ended.abort();
        throw explain(home, files.data, port, how, tailOf(home, "postgres", from));
      });
      return { ...program, ready: Promise.race([died, untilReady(url, ended.signal)]) };
    },
  };
}

function settings(socketFolder: string): string[] {
  const values = {
    unix_socket_directories: socketFolder,
    unix_socket_permissions: "0700",
    listen_addresses: "127.0.0.1",
    password_encryption: "scram-sha-256",
    max_connections: "100",
    shared_buffers: "64MB",
    random_page_cost: "1.1", // as on every disk without a head: look rows up by index in small tables, too
    timezone: "UTC",
    log_timezone: "UTC",
  };
  return Object.entries(values).flatMap(([name, value]) => ["-c", `${name}=${value}`]);
}

async function untilReady(url: string, signal: AbortSignal): Promise<void> {
  const { default: pg } = await import("pg");
  while (!signal.aborted) {
    const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: 5_000 });
    client.on("error", () => {}); // seen by the query, or by the next try
    try {
      await client.connect();
      await client.query("select 1");
      return;
    } catch (error) {
      if ((error as { code?: string }).code === "28P01") {
        const help =
          "Put the right password back into the home's file postgres-password, or start empty: coppice up --set-aside postgres";
        throw new StackError(
          "wrong-password",
          "Postgres refuses the password in the home's file postgres-password",
          help,
          error,
        );
      }
      await new Promise((resolve) => setTimeout(resolve, 30));
    } finally {
      await client.end().catch(() => {});
    }
  }
}

function explain(home: Home, data: string, port: number, how: string, lines: readonly string[]): StackError {
  const said = lines
    .filter((line) => /FATAL|PANIC|HINT|could not/.test(line))
    .map((line) => line.replace(/^.*?(FATAL|PANIC|HINT|LOG):\s+/, ""));
  const why = [...new Set(said)].join("; ") || how;
  if (/Address already in use/.test(why)) return portInUse("postgres", port);
  if (/No space left/.test(why))
    return new StackError(
      "disk-full",
      `Postgres did not start: ${why}`,
      "Make room on the disk, and start again.",
    );
  if (/lock file "postmaster.pid" already exists|Is another postmaster/.test(why)) {
    const help =
      "Stop that server first (its process id is in the data folder's postmaster.pid), then start again.";
    return new StackError("data-in-use", `Postgres' data folder ${data} is in use: ${why}`, help);
  }
  return badData(data, `${why} (its log: ${logFile(home, "postgres")})`);
}
