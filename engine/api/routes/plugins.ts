import { Type } from "typebox";
import { checkManifest } from "../../../plugins/sdk/check-manifest.ts";
import { pluginHash } from "../../host/plugin-hash.ts";
import { insertPlugin, listPlugins, type PluginRow } from "../../store/plugins.ts";
import { ApiError } from "../api-error.ts";
import type { Api } from "../app.ts";
import { Json, pageQuery, refusals, Time } from "../bodies/schemas.ts";
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
    { schema: { summary: "Upload a plugin", body, response }, bodyLimit },
    async ({ body: given }) => {
      const { bundle } = given;
      const checked = checkManifest(given.manifest);
      if (!checked.ok) throw new ApiError(400, `the manifest doesn't hold: ${checked.problems.join("; ")}`);
      const { manifest } = checked;
      if (bundle.includes("\u0000")) throw new ApiError(400, "the bundle holds a NUL character");
      const hash = pluginHash(manifest, bundle);
      await insertPlugin(context.pool, {
        hash,
        name: manifest.name,
        version: manifest.version,
        manifest,
        bundle,
      });
      return { hash };
    },
  );
}

/** `GET /v1/plugins?limit&marker`: all plugins by name, newest first; the marker is a hash. */
export function getPlugins(app: Api, context: ApiContext): void {
  const item = Type.Object({
    hash: Type.String(),
    name: Type.String(),
    version: Type.String(),
    tier: Type.String(),
    description: Type.String(),
    needs: Type.Array(Json),
    profiles: Type.Array(Type.String()),
    functions: Type.Array(Type.String()),
    created_at: Time,
  });
  const response = { 200: Type.Object({ plugins: Type.Array(item) }), ...refusals };
  const schema = { summary: "List plugins", querystring: Type.Object(pageQuery), response };
  app.get("/plugins", { schema }, async ({ query }) => {
    const { limit = 100, marker = null } = query;
    return { plugins: (await listPlugins(context.pool, { limit, marker })).map(toPluginBody) };
  });
}

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
    created_at: row.created_at.toISOString(),
  };
}
