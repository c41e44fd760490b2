import type { FastifyReply, FastifyRequest } from "fastify";
import type { TSchema } from "typebox";
import type { PageQuery } from "../store/list-rows.ts";
import type { ApiContext } from "./context.ts";
import { pageLinks } from "./page-links.ts";
import type { RememberedBodies } from "./remembered-bodies.ts";

/** Answers a list's request with `{ NAME: […], links }`; `schema` is of one of the bodies. */
export async function sendPage(
  request: FastifyRequest,
  reply: FastifyReply,
  q: {
    readonly context: ApiContext;
    readonly name: string;
    readonly schema: TSchema;
    readonly bodies: Pick<RememberedBodies<never>, "read">;
    readonly query: PageQuery;
  },
): Promise<FastifyReply> {
  const schema = q.schema as { [key: string]: unknown }; // as fastify has it
  const written = { microversion: request.microversion, toJson: reply.compileSerializationSchema(schema) };
  const { rows, pieces } = await q.bodies.read(q.context.pool, q.query, written);
  const { links } = pageLinks(request, q.context, q.query, rows);
  const rest = links === undefined ? "" : `,"links":${JSON.stringify(links)}`;
  const last = pieces.at(-1)?.subarray(0, -1); // without its comma
  const between = last === undefined ? [] : pieces.with(-1, last);
  const json = Buffer.concat([Buffer.from(`{"${q.name}":[`), ...between, Buffer.from(`]${rest}}`)]);
  return reply.type("application/json; charset=utf-8").send(json);
}
