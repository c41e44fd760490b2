import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { runCoppice } from "../../support/run-coppice.ts";

/** Starts `coppice up` for Keystone's users, in a home that is thrown away. */
export async function startCoppice(options: {
  readonly keystoneUrl: string;
  readonly port: number;
}): Promise<{ readonly url: string; readonly home: string; stop(): Promise<void> }> {
  const home = mkdtempSync(join(tmpdir(), "coppice-up-"));
  const env = { COPPICE_HOME: home };
  const ran = await runCoppice(
    ["up", "--detach", "--keystone-url", options.keystoneUrl, "--api-port", String(options.port)],
    { env },
  );
  if (ran.code !== 0) throw new Error(`coppice up ended with ${ran.code}:\n${ran.stdout}${ran.stderr}`);
  const { api_url: url } = JSON.parse(readFileSync(join(home, "stack.json"), "utf8")) as { api_url: string };
  return {
    url,
    home,
    async stop() {
      await runCoppice(["down"], { env });
      rmSync(home, { recursive: true, force: true });
    },
  };
}
