import { existsSync, readFileSync } from "node:fs";
import { findHome } from "../stack/home.ts";
import { isRunning } from "../stack/process-identity.ts";
import { readStackState } from "../stack/stack-state.ts";
import { type ApiClient, createApiClient } from "./api-client.ts";
import { CliError } from "./cli-error.ts";
import { exitCodes } from "./exit-codes.ts";

/** The server to talk to: `COPPICE_URL` with `COPPICE_TOKEN`, else the stack of this home with its token file. */
export function findServer(env: NodeJS.ProcessEnv = process.env): ApiClient {
  const home = findHome(env);
  const token =
    env["COPPICE_TOKEN"] ?? (existsSync(home.token) ? readFileSync(home.token, "utf8").trim() : null);
  const url = env["COPPICE_URL"];
  if (url !== undefined && url !== "") {
    if (!URL.canParse(url)) {
      throw new CliError(exitCodes.usage, `COPPICE_URL is "${url}", which is not an address`, {
        help: "Write http://host:port",
      });
    }
    return createApiClient({ url, token: token ?? noToken(home.token) });
  }
  const state = readStackState(home);
  if (!state?.api_url || !state.supervisor || !isRunning(state.supervisor)) {
    throw new CliError(exitCodes.unreachable, `no server runs for ${home.folder}`, {
      help: "Start one with: coppice up; or name one: COPPICE_URL and COPPICE_TOKEN",
    });
  }
  return createApiClient({ url: state.api_url, token: token ?? noToken(home.token) });
}

function noToken(file: string): never {
  throw new CliError(
    exitCodes.unauthorized,
    `there is no token: COPPICE_TOKEN is not set, and there is no file ${file}`,
    {
      help: "Ask whoever runs the server for one, and set COPPICE_TOKEN.",
    },
  );
}
