import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { homeAt, makeHome } from "../engine/stack/home.ts";
import { choosePorts } from "../engine/stack/ports.ts";
import { postgresPart } from "../engine/stack/postgres-part.ts";
import { prepareDatabase } from "../engine/stack/prepare-database.ts";
import { temporalPart } from "../engine/stack/temporal-part.ts";

/** The stack's own Postgres and Temporal, with its flags, in a home that is thrown away; without API and worker. */
export interface Embedded {
  readonly databaseUrl: string;
  readonly temporalAddress: string;
  stop(): Promise<void>;
}

export async function startEmbedded(): Promise<Embedded> {
  const folder = mkdtempSync(join(tmpdir(), "coppice-bench-"));
  const home = homeAt(folder);
  makeHome(home);
  const ports = await choosePorts({}, {}, ["postgres", "temporal", "temporal_ui"]);
  const postgres = postgresPart(home, ports.postgres ?? 0);
  const temporal = temporalPart(home, { temporal: ports.temporal ?? 0, temporal_ui: ports.temporal_ui ?? 0 });
  const running = await Promise.all([postgres.start(), temporal.start()]);
  await Promise.all(running.map((part) => part.ready));
  await prepareDatabase(postgres.url);
  return {
    databaseUrl: postgres.url,
    temporalAddress: `127.0.0.1:${ports.temporal}`,
    async stop() {
      for (const part of running.toReversed()) await part.stop();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
