import type { FastifyReply, FastifyRequest } from "fastify";
import { ApiError } from "./api-error.ts";
import type { Api } from "./app.ts";
import { baseUrlOf } from "./base-url.ts";
import type { ApiContext } from "./context.ts";
import { senlinsLast } from "./microversion.ts";
import { parseBody } from "./senlin-body/read-body.ts";

/** Senlin's `max_json_body_size`. */
const maximumBody = 1024 * 1024;

/**
 * What Senlin's routes have in common on the wire: bodies count as missing unless they are JSON objects in a type that
 * Senlin takes; handlers read them and the query with Senlin's own words, so schemas are documentation; `Location` is
 * absolute.
 */
export function speakAsSenlin(scope: Api, context: ApiContext): void {
  scope.removeAllContentTypeParsers();
  scope.addContentTypeParser("*", { parseAs: "buffer" }, (request, bytes: Buffer, done) => {
    try {
      if (bytes.length > maximumBody) throw tooLarge(bytes.length);
      done(null, parseBody(request.headers["content-type"], bytes));
    } catch (error) {
      done(error as Error);
    }
  });
  scope.setValidatorCompiler(() => () => true);
  scope.addHook("onSend", async (request, reply) => writeAbsoluteLocation(request, reply, context));
}

function tooLarge(size: number): ApiError {
  return new ApiError(
    400,
    `Request limit exceeded: JSON body size (${size} bytes) exceeds maximum allowed size (${maximumBody} bytes).`,
    { type: "RequestLimitExceeded" },
  );
}

/** `/v1/actions/…` becomes what the client itself reached us by. */
function writeAbsoluteLocation(request: FastifyRequest, reply: FastifyReply, context: ApiContext): void {
  const location = reply.getHeader("location");
  if (typeof location === "string" && location.startsWith("/"))
    reply.header("location", `${baseUrlOf(request, context)}${location}`);
}

/** Up to 1.14 JSON is sent without saying that it is UTF-8, which it always is. */
export function dropCharset(request: FastifyRequest, reply: FastifyReply): void {
  if (request.microversion > senlinsLast) return;
  const type = reply.getHeader("content-type");
  if (typeof type === "string" && type.startsWith("application/json"))
    reply.header("content-type", "application/json");
}
