import type { TypeBoxTypeProvider } from "@fastify/type-provider-typebox";
import pLimit from "p-limit";
import { Type } from "typebox";
import { checkManifest } from "../../../plugins/sdk/check-manifest.ts";
import { keepPlugin } from "../../actions/keep-plugin.ts";
import { currentConfig } from "../../config/current-config.ts";
import { PluginError } from "../../host/plugin-error.ts";
import { pluginHash } from "../../host/plugin-hash.ts";
import { openPackage } from "../../plugins/open-plugin.ts";
import { packageLimits } from "../../plugins/package-limits.ts";
import { readArchive } from "../../plugins/read-archive.ts";
import { findPlugins, insertPlugin, listPlugins, type PluginRow, unloadPlugin } from "../../store/plugins.ts";
import { ApiError, notFound } from "../api-error.ts";
import type { Api } from "../app.ts";
import { Json, nullable, pageQuery, refusals, Time } from "../bodies/schemas.ts";
import type { ApiContext } from "../context.ts";

/** A plugin with its bundle: far more than any reasonable driver needs. */
const bodyLimit = 4 * 1024 * 1024;

/**
 * `PUT /v1/plugins` with `{"manifest": {…}, "bundle": "…"}`: keeps a plugin under the hash of its content, which the
 * server computes itself. 200 with the hash; the same content again changes nothing. 400 for a manifest that doesn't
 * hold, 413 above 4 MiB. No code of it runs here.
 */
export function putPlugin(app: Api, context: ApiContext): void {
  const body = Type.Object(
    { manifest: Json, bundle: Type.String({ minLength: 1 }) },
    { additionalProperties: false },
  );
  const response = { 200: Type.Object({ hash: Type.String() }), ...refusals };
  app.put(
    "/plugins",
    { schema: { summary: "Upload a plugin", body, response }, bodyLimit, config: { rule: "plugins:create" } },
    async ({ body: given }) => {
      const { bundle } = given;
      const checked = checkManifest(given.manifest);
      if (!checked.ok) throw new ApiError(400, `the manifest doesn't hold: ${checked.problems.join("; ")}`);
      const { manifest } = checked;
      if (bundle.includes("\u0000")) throw new ApiError(400, "the bundle holds a NUL character");
      if (currentConfig().get("plugin-signatures") === "signed")
        throw new ApiError(
          403,
          `plugin ${manifest.name} comes without a signature, and this server wants signed ones`,
          {
            help: "sign it (coppice plugin sign) and upload it whole: PUT /v1/plugins/packages",
          },
        );
      const hash = pluginHash(manifest, bundle);
      const { name, version } = manifest;
      expectLoaded(
        name,
        version,
        await insertPlugin(context.pool, { hash, name, version, manifest, bundle }),
      );
      return { hash };
    },
  );
}

/**
 * `PUT /v1/plugins/packages` with a `.tgz` or `.zip` (`Content-Type: application/gzip`, `application/zip` or
 * `application/octet-stream`): checks the signature, bundles the plugin, runs it once in a guest of its own to compare it
 * with its manifest, and keeps it. `?reload=true` loads again what was unloaded; for administrators. 200 with the hash; 400
 * for a package that doesn't hold, 403 where it must be signed, 409 for one that was unloaded, 413 above 32 MiB.
 */
export function putPackage(app: Api, context: ApiContext): void {
  const querystring = Type.Object({ reload: Type.Optional(Type.Boolean()) });
  const answer = Type.Object({
    hash: Type.String(),
    name: Type.String(),
    version: Type.String(),
    signature: Type.String(),
    signer: nullable(Type.String()),
  });
  const schema = {
    summary: "Upload a plugin's archive",
    querystring,
    response: { 200: answer, ...refusals },
  };
  const oneByOne = pLimit(1); // bundling computes, and a server has more to do
  app.register(async (inner) => {
    const types = ["application/gzip", "application/zip", "application/octet-stream"];
    inner.removeAllContentTypeParsers();
    inner.addContentTypeParser(types, { parseAs: "buffer" }, (_request, body, done) => done(null, body));
    inner.setErrorHandler((error: Error & { code?: string }, request) => {
      throw unreadable(error.code, request.headers["content-type"], types) ?? error; // the server's own answers it
    });
    const scope = inner.withTypeProvider<TypeBoxTypeProvider>();
    scope.put(
      "/plugins/packages",
      { schema, bodyLimit: packageLimits.archiveBytes, config: { rule: "plugins:create" } },
      async ({ body, query, caller }) => {
        if (!Buffer.isBuffer(body)) throw new ApiError(400, "the body is no archive");
        const { reload = false } = query;
        if (reload) context.access.check("plugins:load", caller);
        const kept = await oneByOne(() => keepPackage(context, body, reload));
        return kept;
      },
    );
  });
}

/** What Fastify says of a body that it doesn't even read, with what to do about it. */
function unreadable(
  code: string | undefined,
  given: string | undefined,
  types: readonly string[],
): ApiError | undefined {
  if (code === "FST_ERR_CTP_INVALID_MEDIA_TYPE")
    return new ApiError(415, `a package has no Content-Type "${given}"`, {
      type: "UnsupportedMediaType",
      help: `send a .tgz or .zip as one of ${types.join(", ")}`,
    });
  if (code === "FST_ERR_CTP_BODY_TOO_LARGE")
    return new ApiError(413, `the package is larger than ${packageLimits.archiveBytes >> 20} MiB`, {
      type: "PayloadTooLarge",
      help: "leave out what the plugin doesn't import: names that start with a dot aren't packed",
    });
  return undefined;
}

async function keepPackage({ pool }: ApiContext, body: Buffer, reload: boolean) {
  try {
    const opened = openPackage(readArchive(body, "the package"));
    const kept = await keepPlugin(pool, opened, { reload });
    const { name, version } = opened.manifest;
    expectLoaded(name, version, kept);
    return {
      hash: kept.hash,
      name,
      version,
      signature: opened.signature.state,
      signer: opened.signature.signer,
    };
  } catch (error) {
    if (!(error instanceof PluginError)) throw error;
    const status = error.code === "bad-signature" ? 403 : 400;
    throw new ApiError(status, error.message, error.help === undefined ? {} : { help: error.help });
  }
}

/**
 * `DELETE /v1/plugins/{hash}`: unloads a plugin, for administrators. No program can take it up from now on; clusters and
 * runs that use it keep it. 204; 404 for an unknown hash or one that was unloaded before.
 */
export function deletePlugin(app: Api, context: ApiContext): void {
  const params = Type.Object({ hash: Type.String({ pattern: "^[0-9a-f]{64}$" }) });
  const schema = { summary: "Unload a plugin", params, response: { 204: Type.Null(), ...refusals } };
  app.delete(
    "/plugins/:hash",
    { schema, config: { rule: "plugins:unload" } },
    async ({ params, caller }, reply) => {
      if (!(await unloadPlugin(context.pool, { hash: params.hash, by: caller.userId })))
        throw notFound("loaded plugin", params.hash);
      return reply.code(204).send(null);
    },
  );
}

/** `GET /v1/plugins/{hash}`: a plugin with its manifest, and where it comes from. */
export function getPlugin(app: Api, context: ApiContext): void {
  const params = Type.Object({ hash: Type.String({ pattern: "^[0-9a-f]{64}$" }) });
  const plugin = Type.Object({ ...pluginFields, manifest: Json });
  const response = { 200: Type.Object({ plugin }), ...refusals };
  app.get(
    "/plugins/:hash",
    { schema: { summary: "Show a plugin", params, response }, config: { rule: "plugins:get" } },
    async ({ params }) => {
      const [row] = await findPlugins(context.pool, { hashes: [params.hash] });
      if (row === undefined) throw notFound("plugin", params.hash);
      return { plugin: { ...toPluginBody(row), manifest: row.manifest } };
    },
  );
}

function expectLoaded(name: string, version: string, kept: { readonly loaded: boolean }): void {
  if (kept.loaded) return;
  throw new ApiError(409, `plugin ${name} ${version} was unloaded: programs may not take it up`, {
    help: "an administrator loads it again: coppice plugin load PATH --reload",
  });
}

/** `GET /v1/plugins?limit&marker`: all plugins by name, newest first; the marker is a hash. */
export function getPlugins(app: Api, context: ApiContext): void {
  const item = Type.Object(pluginFields);
  const response = { 200: Type.Object({ plugins: Type.Array(item) }), ...refusals };
  const schema = { summary: "List plugins", querystring: Type.Object(pageQuery), response };
  app.get("/plugins", { schema, config: { rule: "plugins:index" } }, async ({ query }) => {
    const { limit = 100, marker = null } = query;
    return { plugins: (await listPlugins(context.pool, { limit, marker })).map(toPluginBody) };
  });
}

const pluginFields = {
  hash: Type.String(),
  name: Type.String(),
  version: Type.String(),
  tier: Type.String(),
  description: Type.String(),
  needs: Type.Array(Json),
  profiles: Type.Array(Type.String()),
  functions: Type.Array(Type.String()),
  signature: Type.String({ description: "signed or unsigned" }),
  signer: nullable(Type.String({ description: "Id of the key that signed it" })),
  offered: Type.Boolean({
    description: "Lies in a folder that the server watches: programs may name it as it is",
  }),
  loaded: Type.Boolean({ description: "Whether programs may take it up; runs that use it keep it" }),
  created_at: Time,
};

function toPluginBody(row: PluginRow) {
  const checked = checkManifest(row.manifest);
  if (!checked.ok) throw new Error(`plugin ${row.hash} has a manifest that doesn't hold`); // it was checked on its way in
  const { name, version, tier, description, needs, profiles, functions } = checked.manifest;
  return {
    hash: row.hash,
    name,
    version,
    tier,
    description,
    needs: [...needs],
    profiles: Object.keys(profiles),
    functions: Object.keys(functions),
    signature: row.signature,
    signer: row.signer,
    offered: row.offered,
    loaded: row.unloaded_at === null,
    created_at: row.created_at.toISOString(),
  };
}
