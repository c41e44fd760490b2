import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import type { TestProject } from "vitest/node";
import { startPostgres } from "./postgres.ts";
import { startTemporal } from "./temporal.ts";

declare module "vitest" {
  interface ProvidedContext {
    servicesUrl: string;
  }
}

/**
 * Once per vitest run: a door that starts a real Postgres or Temporal dev server when a test file first asks for it
 * (`GET /postgres`), so that runs which need neither don't pay for them. Both end with the run.
 */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const starters = { "/postgres": startPostgres, "/temporal": startTemporal };
  const started = new Map<string, ReturnType<typeof startPostgres>>();
  const server = createServer(async (request, response) => {
    const path = request.url as keyof typeof starters;
    const service = started.get(path) ?? starters[path]();
    started.set(path, service);
    try {
      response.end((await service).address);
    } catch (error) {
      response.statusCode = 500;
      response.end(String(error));
    }
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  project.provide("servicesUrl", `http://127.0.0.1:${(server.address() as AddressInfo).port}`);
  return async () => {
    server.close();
    for (const service of started.values()) await (await service).stop().catch(() => undefined);
  };
}

/** What a starter gives: where it listens, and how it ends. */
export interface Service {
  readonly address: string;
  stop(): Promise<void>;
}
