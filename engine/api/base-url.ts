import type { FastifyRequest } from "fastify";
import { currentConfig } from "../config/current-config.ts";
import type { ApiContext } from "./context.ts";

/** How the client reaches this API, without a slash at the end: as the operator says, else as it did just now. */
export function baseUrlOf(request: FastifyRequest, context: Pick<ApiContext, "publicUrl">): string {
  return context.publicUrl ?? `${request.protocol}://${request.host}`;
}

/** What the operator says; `null` when nothing. */
export function publicUrl(config = currentConfig()): string | null {
  return config.get("public-url")?.href.replace(/\/+$/, "") ?? null;
}
