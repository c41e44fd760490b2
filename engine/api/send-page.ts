import { Readable } from "node:stream";
import type { FastifyReply, FastifyRequest } from "fastify";
import type { TSchema } from "typebox";
import type { PageQuery } from "../store/list-rows.ts";
import type { ApiContext } from "./context.ts";
import { pageLinks } from "./page-links.ts";
import type { RememberedBodies } from "./remembered-bodies.ts";

/** More than this is sent piece by piece: many clients who ask for everything would else have it all in memory, each. */
const wholeBytes = 256 * 1024;
const chunkBytes = 64 * 1024;

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
  const all = [Buffer.from(`{"${q.name}":[`), ...between, Buffer.from(`]${rest}}`)];
  const bytes = all.reduce((sum, each) => sum + each.length, 0);
  reply.type("application/json; charset=utf-8").header("content-length", bytes);
  return reply.send(bytes > wholeBytes ? Readable.from(chunksOf(all)) : Buffer.concat(all, bytes));
}

/** The same bytes in buffers of some size, made when they are wanted. */
function* chunksOf(pieces: readonly Buffer[]): Generator<Buffer> {
  let chunk: Buffer[] = [];
  let bytes = 0;
  for (const piece of pieces) {
    chunk.push(piece);
    bytes += piece.length;
    if (bytes < chunkBytes) continue;
    yield Buffer.concat(chunk, bytes);
    chunk = [];
    bytes = 0;
  }
  if (bytes > 0) yield Buffer.concat(chunk, bytes);
}
