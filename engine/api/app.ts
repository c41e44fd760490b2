import { randomUUID } from "node:crypto";
import type { TypeBoxTypeProvider } from "@fastify/type-provider-typebox";
import { Ajv } from "ajv";
import Fastify, { type FastifyBaseLogger } from "fastify";
import type { Logger } from "pino";
import { isId } from "../store/new-id.ts";
import { renderError } from "./api-error.ts";
import { versionPath } from "./version-path.ts";

/** A bare server: JSON in and out, schemas checked strictly, a request id in every log line and answer. */
export function createApp(q: { logger: Logger; bodyLimit: number }) {
  const app = Fastify({
    loggerInstance: q.logger as FastifyBaseLogger,
    bodyLimit: q.bodyLimit,
    genReqId: () => `req-${randomUUID()}`,
    trustProxy: "loopback", // a proxy on this machine says whom it asks for
    forceCloseConnections: true, // watched actions stream for hours
    routerOptions: { maxParamLength: 255 },
    exposeHeadRoutes: false, // Senlin has none
    rewriteUrl: ({ url = "/", headers }) => versionPath(url, headers.accept),
    frameworkErrors: (error, request, reply) => renderError(error, request, reply), // a path that can't be read
  }).withTypeProvider<TypeBoxTypeProvider>();
  // Text of queries and paths becomes numbers where the schema says so; bodies must have the right types themselves.
  const common = { useDefaults: true, strict: false, formats: { uuid: isId, "date-time": true } } as const;
  const ofText = new Ajv({ ...common, coerceTypes: "array" });
  const ofBody = new Ajv({ ...common, coerceTypes: false });
  app.setValidatorCompiler<object>(({ schema, httpPart }) => {
    return (httpPart === "body" ? ofBody : ofText).compile(schema);
  });
  return app;
}

export type Api = ReturnType<typeof createApp>;
