import { existsSync, readFileSync } from "node:fs";
import type { Config } from "../config/config.ts";
import { currentConfig } from "../config/current-config.ts";
import { findHome } from "../stack/home.ts";
import { isRunning } from "../stack/process-identity.ts";
import { readStackState } from "../stack/stack-state.ts";
import { type ApiClient, createApiClient } from "./api-client.ts";
import { CliError } from "./cli-error.ts";
import { exitCodes } from "./exit-codes.ts";

/** The server to talk to: the options `url` and `token`, else the stack of this home with its token file. */
export function findServer(config: Config = currentConfig()): ApiClient {
  const home = findHome(config);
  const token =
    config.get("token") ?? (existsSync(home.token) ? readFileSync(home.token, "utf8").trim() : null);
  // a line break or the like can't be sent, and what can't be sent would be quoted in the error
  if (token !== null && !/^[\x21-\x7e]*$/.test(token)) {
    throw new CliError(exitCodes.unauthorized, "the token holds a blank, a line break or a foreign letter", {
      help: "Copy it again, as it stands, into COPPICE_TOKEN or the file token in COPPICE_HOME.",
    });
  }
  const url = config.get("url");
  if (url !== null)
    return createApiClient({ url: url.href.replace(/\/$/, ""), token: token ?? noToken(home.token) });
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
