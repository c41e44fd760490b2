import type { FastifyRequest } from "fastify";
import type { Caller } from "../access/caller.ts";
import type { Access } from "../access/create-access.ts";
import type { RuleName } from "../access/rules/default-rules.ts";

declare module "fastify" {
  interface FastifyRequest {
    /** Set before any route under `/v1` runs. */
    caller: Caller;
  }
  interface FastifyContextConfig {
    /** What of the access rules permits the route. Each under `/v1` has one; `expectRule` sees to it. */
    rule?: RuleName;
  }
}

/** Finds out who asks, before anything of the request is read. */
export async function authenticate(access: Access, request: FastifyRequest): Promise<void> {
  request.caller = await access.authenticate(request.headers);
}

/**
 * Asks the route's rule whether the caller may do this with what is their own. A handler that finds an object asks again
 * with the object's owner.
 */
export function expectPermitted(access: Access, request: FastifyRequest): void {
  access.check(ruleOf(request.routeOptions), request.caller);
}

/** A route that forgot its rule ends the start, not a request. */
export function expectRule(route: RouteWithRule): void {
  ruleOf(route);
}

interface RouteWithRule {
  readonly url?: string | undefined;
  readonly config?: { readonly rule?: RuleName } | undefined;
}

function ruleOf(route: RouteWithRule): RuleName {
  const rule = route.config?.rule;
  if (rule === undefined) throw new Error(`the route ${route.url} has no rule: config: { rule: "…" }`);
  return rule;
}
