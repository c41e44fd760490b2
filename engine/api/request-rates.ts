import type { FastifyRequest } from "fastify";
import ipaddr from "ipaddr.js";
import { LRUCache } from "lru-cache";
import { RateLimiterMemory } from "rate-limiter-flexible";
import { limitFor } from "../actions/quotas.ts";
import { currentConfig } from "../config/current-config.ts";
import type { Queryable } from "../store/pool.ts";
import { ApiError } from "./api-error.ts";

/** How many requests a second are let in. One process counts for itself. */
export interface RequestRates {
  /** Refuses (429) an address from which too many requests without a valid token have come in this second. */
  expectAddress(request: FastifyRequest): Promise<void>;
  /** Counts a request without a valid token. */
  countUnauthenticated(request: FastifyRequest): Promise<void>;
  /** Counts a request of the caller's project and refuses (429) those above its limit. */
  expectProject(request: FastifyRequest): Promise<void>;
}

/** Opens the counting. A project's own limit, which a quota sets, counts within a second; the others' is `api-rate-limit`. */
export function limitRequestRates(db: Queryable): RequestRates {
  const limits = new LRUCache<string, { readonly limit: number | null }>({
    max: 10_000,
    ttl: 1000,
    fetchMethod: async (projectId) => ({ limit: await limitFor(db, { projectId, resource: "api_rate" }) }),
  });
  const projects = new RateLimiterMemory({ points: 0, duration: 1 }); // it counts; the limits are each project's own
  const addresses = new RateLimiterMemory({ points: 0, duration: 1 });
  const byAddress = currentConfig().get("api-rate-limit");
  return {
    async expectAddress(request) {
      if (byAddress === null) return;
      const seen = await addresses.get(networkOf(request.ip));
      if (seen !== null && seen.consumedPoints >= byAddress)
        throw tooMany(`${byAddress} requests a second without a valid token`, seen.msBeforeNext);
    },
    async countUnauthenticated(request) {
      if (byAddress !== null) await addresses.penalty(networkOf(request.ip));
    },
    async expectProject({ caller }) {
      const limit = (await limits.fetch(caller.projectId))?.limit ?? null;
      if (limit === null) return;
      const seen = await projects.penalty(caller.projectId);
      if (seen.consumedPoints > limit)
        throw tooMany(`${limit} requests a second of this project`, seen.msBeforeNext);
    },
  };
}

/** An IPv6 customer has at least a /64 of addresses. */
function networkOf(ip: string): string {
  if (!ipaddr.isValid(ip)) return ip;
  const address = ipaddr.process(ip);
  return address.kind() === "ipv4" ? address.toString() : address.toByteArray().slice(0, 8).join(".");
}

function tooMany(what: string, ms: number): ApiError {
  const seconds = Math.max(1, Math.ceil(ms / 1000));
  return new ApiError(429, `Too many requests: ${what} is the limit. Retry in ${seconds} s.`, {
    headers: { "retry-after": String(seconds) },
  });
}
