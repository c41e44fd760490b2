import { STATUS_CODES } from "node:http";
import type { FastifyError, FastifyReply, FastifyRequest } from "fastify";
import { Refusal } from "../actions/refusal.ts";

/** An answer that is no success, thrown by handlers and rendered here alone. */
export class ApiError extends Error {
  readonly status: number;
  readonly help: string | undefined;
  /** A program's mistakes, with lines and columns. */
  readonly diagnostics: readonly unknown[] | undefined;

  constructor(
    status: number,
    message: string,
    more: { help?: string; diagnostics?: readonly unknown[] } = {},
  ) {
    super(message);
    this.name = "ApiError";
    this.status = status;
    this.help = more.help;
    this.diagnostics = more.diagnostics;
  }
}

/** What another project's object and one that never was look like. */
export function notFound(kind: string, idOrName: string): ApiError {
  return new ApiError(404, `there is no ${kind} "${idOrName}"`);
}

const statusOf = { invalid: 400, forbidden: 403, "not-found": 404, conflict: 409 } as const;

/** Renders whatever a handler threw. Bugs are logged whole, and their texts stay inside. */
export function renderError(error: FastifyError | Error, request: FastifyRequest, reply: FastifyReply): void {
  if (error instanceof ApiError) {
    send(reply, error.status, error.message, { help: error.help, diagnostics: error.diagnostics });
  } else if (error instanceof Refusal) {
    send(reply, statusOf[error.kind], error.message, {
      type: error.code,
      help: error.help,
      ...(error.facts.length > 0 && { facts: error.facts }),
    });
  } else if ("validation" in error && error.validation !== undefined) {
    const first = error.validation[0];
    const field = `${error.validationContext ?? "request"}${first?.instancePath.replaceAll("/", ".") ?? ""}`;
    const extra = (first?.params as { additionalProperty?: string } | undefined)?.additionalProperty;
    const named = extra === undefined ? "" : `: "${extra}"`;
    send(reply, 400, `${field} ${first?.message ?? "is not valid"}${named}`, {});
  } else if ("statusCode" in error && error.statusCode !== undefined && error.statusCode < 500) {
    send(reply, error.statusCode, error.message, {});
  } else {
    request.log.error({ err: error }, "a request failed");
    send(reply, 500, "the server failed; its log has the cause under this request's id", {});
  }
}

function send(
  reply: FastifyReply,
  status: number,
  message: string,
  more: {
    type?: string | undefined;
    help?: string | undefined;
    diagnostics?: readonly unknown[] | undefined;
    facts?: readonly string[] | undefined;
  },
): void {
  const { type, help, diagnostics, facts } = more;
  reply.code(status).send({
    error: {
      code: status,
      title: STATUS_CODES[status] ?? "Error",
      ...(type !== undefined && { type }),
      message,
      ...(help !== undefined && { help }),
      ...(diagnostics !== undefined && { diagnostics }),
      ...(facts !== undefined && { facts }),
    },
  });
}
