import { resolve } from "node:path";
import { findPluginPath } from "../plugins/find-plugin-path.ts";
import { openPlugin } from "../plugins/open-plugin.ts";
import { packPlugin } from "../plugins/pack-plugin.ts";
import type { ApiClient } from "./api-client.ts";
import { CliError } from "./cli-error.ts";
import { exitCodes } from "./exit-codes.ts";
import type { Output } from "./output.ts";

interface KeptPlugin {
  readonly hash: string;
  readonly name: string;
  readonly version: string;
  readonly signature: string;
  readonly signer: string | null;
}

/** Gives a plugin with all its files to the server; `reload` takes back that it was unloaded. */
export async function loadOnServer(q: {
  path: string;
  reload: boolean;
  api: ApiClient;
  output: Output;
}): Promise<void> {
  const { pack } = openPlugin(findPluginPath(q.path, resolve(".")));
  const query = q.reload ? "?reload=true" : "";
  const kept = await q.api.upload<KeptPlugin>(
    `/v1/plugins/packages${query}`,
    packPlugin(pack),
    "application/gzip",
  );
  const by = kept.signer === null ? "unsigned" : `signed by ${kept.signer}`;
  q.output.line(`The server has ${kept.name} ${kept.version} (${kept.hash.slice(0, 12)}, ${by}).`);
  q.output.data(kept);
}

/** Unloads a plugin by its hash or the beginning of it, its name, or `name@version` where that is one plugin. */
export async function unloadOnServer(q: { plugin: string; api: ApiClient; output: Output }): Promise<void> {
  const { plugins } = await q.api.call<{
    plugins: readonly { hash: string; name: string; version: string; loaded: boolean }[];
  }>("GET", "/v1/plugins?limit=1000");
  const loaded = plugins.filter((plugin) => plugin.loaded);
  const found = loaded.filter(
    ({ hash, name, version }) =>
      q.plugin === name ||
      q.plugin === `${name}@${version}` ||
      (q.plugin.length >= 8 && hash.startsWith(q.plugin)),
  );
  const [only, ...others] = found;
  if (only === undefined)
    throw new CliError(exitCodes.notFound, `the server has no loaded plugin ${q.plugin}`, {
      help: "List them with: coppice plugin list",
    });
  if (others.length > 0)
    throw new CliError(exitCodes.usage, `${q.plugin} may mean ${found.length} plugins`, {
      help: `Name one by its hash: ${found.map(({ hash }) => hash.slice(0, 12)).join(", ")}`,
    });
  await q.api.call("DELETE", `/v1/plugins/${only.hash}`);
  q.output.line(`${only.name} ${only.version} is unloaded: what uses it keeps it, nothing else takes it up.`);
  q.output.data(only);
}
