import { readFileSync } from "node:fs";
import type { FastifyReply, FastifyRequest } from "fastify";
import { Type } from "typebox";
import type { Api } from "../app.ts";
import { baseUrlOf } from "../base-url.ts";
import { refusals } from "../bodies/schemas.ts";
import type { ApiContext } from "../context.ts";
import { isSenlins, newest, oldest } from "../microversions.ts";

const VersionBody = Type.Object({
  id: Type.String(),
  status: Type.String(),
  updated: Type.String(),
  min_version: Type.String(),
  max_version: Type.String(),
  "media-types": Type.Array(Type.Object({ base: Type.String(), type: Type.String() })),
  links: Type.Array(Type.Object({ rel: Type.String(), href: Type.String() })),
});
const one = Type.Object({ version: VersionBody });
const list = Type.Object({ versions: Type.Array(VersionBody) });
const media = "application/vnd.openstack.clustering-v1+json";

function versionBody(href: string) {
  return {
    id: "1.0",
    status: "CURRENT",
    updated: "2016-01-18T00:00:00Z",
    min_version: `1.${oldest}`,
    max_version: `1.${newest}`,
    "media-types": [{ base: "application/json", type: media }],
    links: [
      { rel: "self", href },
      { rel: "help", href: "https://docs.openstack.org/api-ref/clustering" },
    ],
  };
}

/** Answers 300 with all versions, of which there is one. */
export function sendVersions(request: FastifyRequest, reply: FastifyReply, context: ApiContext): void {
  reply
    .code(300)
    .header("content-type", "application/json")
    .send({ versions: [versionBody(`${baseUrlOf(request, context)}/v1`)] });
}

/** `GET /` and `GET /versions`: 300. No token needed. */
export function getVersions(app: Api, context: ApiContext): void {
  const schema = { summary: "List the versions of the API", response: { 300: list } };
  for (const path of ["/", "/versions"])
    app.get(path, { schema }, (request, reply) => sendVersions(request, reply, context));
}

/** `GET /v1`: no token needed. Its link ends in `/v1` twice, as Senlin's does. */
export function getVersion(app: Api, context: ApiContext): void {
  const schema = { summary: "Show version 1 of the API", response: { 200: one } };
  app.get("/v1", { schema }, async (request, reply) => {
    reply.header("content-type", "application/json");
    return { version: versionBody(hrefOf(request, context)) };
  });
}

/** `GET /v1/`: the same, for which Senlin wants a token. */
export function getVersionWithSlash(app: Api, context: ApiContext): void {
  const schema = { hide: true, response: { 200: one, ...refusals } };
  app.get(
    "/",
    { schema, prefixTrailingSlash: "slash", config: { rule: "build_info:build_info" } },
    async (request) => ({ version: versionBody(hrefOf(request, context)) }),
  );
}

function hrefOf(request: FastifyRequest, context: ApiContext): string {
  const path = request.originalUrl.split("?")[0]?.replace(/\/$/, "");
  return `${baseUrlOf(request, context)}${path}/v1`;
}

const revision = Type.Object({ revision: Type.String() });
const BuildInfo = Type.Object({ build_info: Type.Object({ api: revision, engine: revision }) });
/** The default of Senlin's option. */
const senlinsRevision = "1.0";
const ours = (
  JSON.parse(readFileSync(new URL("../../../package.json", import.meta.url), "utf8")) as { version: string }
).version;

/** `GET /v1/build-info`: which build answers; from 1.15 on ours. */
export function getBuildInfo(app: Api): void {
  const schema = { summary: "Show the build", response: { 200: BuildInfo, ...refusals } };
  app.get("/build-info", { schema, config: { rule: "build_info:build_info" } }, async (request) => {
    const revision = isSenlins(request) ? senlinsRevision : ours;
    return { build_info: { api: { revision }, engine: { revision } } };
  });
}
