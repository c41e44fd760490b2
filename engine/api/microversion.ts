import type { FastifyReply, FastifyRequest } from "fastify";
import { ApiError } from "./api-error.ts";
import { BadMicroversion, type Microversion, newest, oldest } from "./microversions.ts";

export { type Microversion, newest, oldest, senlinsLast } from "./microversions.ts";

declare module "fastify" {
  interface FastifyRequest {
    /** What the client asked for; 0 (1.0) when it didn't say. */
    microversion: Microversion;
  }
  interface FastifyContextConfig {
    /** The first microversion that has this route; 0 when left out. */
    since?: Microversion;
    /** Senlin has the route, and permits it to nobody. */
    forbiddenBefore?: true;
  }
}

/**
 * Reads `OpenStack-API-Version: clustering X.Y` (`latest` for the newest; other services' entries, parted by commas, are
 * skipped). 400 for a text that is no version, 406 for one that we don't have
 * (senlin: api/middleware/version_negotiation.py).
 */
export function readMicroversion(header: string | readonly string[] | undefined): Microversion {
  const entries = (typeof header === "string" ? [header] : (header ?? [])).flatMap((line) => line.split(","));
  for (const entry of entries) {
    const [service, asked, ...rest] = entry.trim().split(/\s+/);
    if (service?.toLowerCase() !== "clustering" || asked === undefined || rest.length > 0) continue;
    if (asked.toLowerCase() === "latest") return newest;
    const [, major, minor] = /^([1-9]\d*)\.([1-9]\d*|0)$/.exec(asked) ?? [];
    if (major === undefined || minor === undefined) {
      throw new BadMicroversion(asked);
    }
    if (major !== "1" || Number(minor) > newest) {
      throw new ApiError(
        406,
        `Version '${asked}' is not supported by the API. Minimum is '1.${oldest}' and maximum is '1.${newest}'.`,
        { type: "InvalidGlobalAPIVersion" },
      );
    }
    return Number(minor);
  }
  return oldest;
}

/** Refuses a route that the asked microversion doesn't have, as Senlin does: 400. */
export function expectRouteIn(request: FastifyRequest): void {
  const { since = oldest, forbiddenBefore } = request.routeOptions.config;
  if (forbiddenBefore && request.microversion < since)
    throw new ApiError(403, "You are not authorized to complete this operation.");
  expectVersion(request.microversion, since);
}

/** The same of a part of a route: one action of several. */
export function expectVersion(microversion: Microversion, since: Microversion): void {
  if (microversion >= since) return;
  throw new ApiError(400, `API version '1.${microversion}' is not supported on this method.`, {
    type: "MethodVersionNotFound",
  });
}

/** Tells the client which microversion answered; Senlin leaves it out of errors and of 204 replies. */
export function tellMicroversion(request: FastifyRequest, reply: FastifyReply): void {
  const { statusCode } = reply;
  if (statusCode >= 400 || statusCode === 204) return;
  if (String(reply.getHeader("content-type")).startsWith("text/html")) return; // a page of its web framework
  reply.header("openstack-api-version", `clustering 1.${request.microversion}`);
  reply.header("vary", "OpenStack-API-Version");
}
