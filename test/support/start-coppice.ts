import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { runCoppice } from "./run-coppice.ts";

/** A Coppice that runs in the background, as its operator starts it. */
export interface RunningCoppice {
  readonly url: string;
  /** Its folder: `stack.json` in it names the processes. */
  readonly home: string;
  stop(): Promise<void>;
}

/** Starts `coppice up` for a Keystone's users, in a home that is thrown away; it knows Senlin's profile types. */
export async function startCoppice(options: {
  readonly keystoneUrl: string;
  readonly port: number;
  /** More options: `{ "max-clusters-per-project": "10000" }`. */
  readonly more?: Readonly<Record<string, string>>;
}): Promise<RunningCoppice> {
  const home = mkdtempSync(join(tmpdir(), "coppice-up-"));
  // of the user senlin, who the peers made for whoever plays Senlin
  const env = {
    COPPICE_HOME: home,
    COPPICE_KEYSTONE_PASSWORD: process.env["OSB_PASSWORD"] ?? "peerpass",
  };
  const given = {
    "keystone-url": options.keystoneUrl,
    "api-port": String(options.port),
    ...options.more,
  };
  const flags = Object.entries(given).flatMap(([name, value]) => [`--${name}`, value]);
  const ran = await runCoppice(["up", "--detach", ...flags], { env });
  if (ran.code !== 0) {
    rmSync(home, { recursive: true, force: true });
    throw new Error(`coppice up ended with ${ran.code}:\n${ran.stdout}${ran.stderr}`);
  }
  const state = JSON.parse(readFileSync(join(home, "stack.json"), "utf8")) as { api_url: string };
  return {
    url: state.api_url,
    home,
    async stop() {
      await runCoppice(["down"], { env });
      rmSync(home, { recursive: true, force: true });
    },
  };
}
