import type { FastifyRequest } from "fastify";
import type { PageQuery } from "../store/list-rows.ts";
import { baseUrlOf } from "./base-url.ts";
import type { ApiContext } from "./context.ts";
import { senlinsLast } from "./microversion.ts";

/**
 * From 1.15 on: where the next page is, when this one is full. Without one there are no links at all: clients that ask for
 * the latest version take a body with a single key for the list itself (tempest does).
 */
export function pageLinks(
  request: FastifyRequest,
  context: ApiContext,
  query: Pick<PageQuery, "limit">,
  rows: readonly { readonly id: string }[],
): { links?: { rel: string; href: string }[] } {
  if (request.microversion <= senlinsLast) return {};
  const last = rows.at(-1);
  if (last === undefined || query.limit === null || rows.length < query.limit) return {};
  const url = new URL(request.url, baseUrlOf(request, context));
  url.searchParams.set("limit", String(query.limit));
  url.searchParams.set("marker", last.id);
  return { links: [{ rel: "next", href: url.href }] };
}
