import { STATUS_CODES } from "node:http";
import type { FastifyError, FastifyReply, FastifyRequest } from "fastify";
import { AccessRefusal } from "../access/access-refusal.ts";
import { Refusal } from "../actions/refusal.ts";
import { currentConfig } from "../config/current-config.ts";
import { HostFailure } from "../host/plugin-host.ts";
import { sendFrameworkPage } from "./framework-page.ts";
import { BadMicroversion, isSenlins } from "./microversions.ts";

/** An answer that is no success, thrown by handlers and rendered here alone. */
export class ApiError extends Error {
  readonly status: number;
  /** Senlin's name of the exception: `BadRequest`; made from the status when left out. */
  readonly type: string | undefined;
  readonly help: string | undefined;
  /** A program's mistakes, with lines and columns. */
  readonly diagnostics: readonly unknown[] | undefined;
  readonly headers: Readonly<Record<string, string>>;

  constructor(
    status: number,
    message: string,
    more: {
      type?: string;
      help?: string;
      diagnostics?: readonly unknown[];
      headers?: Readonly<Record<string, string>>;
    } = {},
  ) {
    super(message);
    this.name = "ApiError";
    this.status = status;
    this.type = more.type;
    this.help = more.help;
    this.diagnostics = more.diagnostics;
    this.headers = more.headers ?? {};
  }
}

/** What another project's object and one that never was look like. */
export function notFound(kind: string, idOrName: string): ApiError {
  return new ApiError(404, `there is no ${kind} "${idOrName}"`);
}

const statusOfAccess = { unauthenticated: 401, forbidden: 403, unavailable: 503 } as const;
/** Refusals that Senlin knows, under the names of its exceptions. */
const knownToSenlin: ReadonlySet<string> = new Set(["invalid-token", "rule-denies"]);
const statusOf = {
  invalid: 400,
  forbidden: 403,
  "not-found": 404,
  conflict: 409,
  "too-many": 429,
  unavailable: 503,
} as const;

/** Senlin's exceptions for users' mistakes that it has no status for, so that it answers 500 (senlin: api/middleware/fault.py). */
const faultsOfSenlin: ReadonlySet<string> = new Set(["ESchema", "OverQuota"]);

/** Whether a refusal's code is the name of one of Senlin's exceptions. */
const isException = (code: string) => /^[A-Z]/.test(code);

/** Renders whatever a handler threw. Bugs are logged whole, and their texts stay inside. */
export function renderError(error: FastifyError | Error, request: FastifyRequest, reply: FastifyReply): void {
  if (error instanceof ApiError) {
    const { type, help, diagnostics } = error;
    reply.headers(error.headers);
    send(request, reply, error.status, error.message, { type, help, diagnostics });
  } else if (error instanceof BadMicroversion) {
    sendFrameworkPage(request, reply, 400, { detail: error.message });
  } else if (error instanceof AccessRefusal) {
    const { kind, code, message, help, challenge } = error;
    if (challenge !== undefined) reply.header("www-authenticate", challenge);
    if (kind === "unauthenticated" && isSenlins(request)) {
      // Senlin never sees such a request: Keystone's middleware before it answers, in a shape that no schema here has
      const body = { error: { code: 401, title: "Unauthorized", message } };
      reply.code(401).type("application/json").serializer(JSON.stringify).send(body);
      return;
    }
    send(request, reply, statusOfAccess[kind], message, {
      type: knownToSenlin.has(code) ? undefined : code,
      help,
    });
  } else if (error instanceof Refusal) {
    const asSenlin = faultsOfSenlin.has(error.code) && currentConfig().get("senlin-faults");
    send(request, reply, asSenlin ? 500 : statusOf[error.kind], error.message, {
      type: isSenlins(request) && !isException(error.code) ? undefined : error.code,
      help: error.help,
      ...(error.facts.length > 0 && { facts: error.facts }),
    });
  } else if (error instanceof HostFailure) {
    request.log.warn({ err: error }, "a plugin didn't answer a question");
    send(request, reply, isSenlins(request) ? 500 : 502, error.message, {
      type: isSenlins(request) ? undefined : error.code,
      help: error.help,
    });
  } else if ("validation" in error && error.validation !== undefined) {
    const first = error.validation[0];
    const field = `${error.validationContext ?? "request"}${first?.instancePath.replaceAll("/", ".") ?? ""}`;
    const extra = (first?.params as { additionalProperty?: string } | undefined)?.additionalProperty;
    const named = extra === undefined ? "" : `: "${extra}"`;
    send(request, reply, 400, `${field} ${first?.message ?? "is not valid"}${named}`, {});
  } else if ("statusCode" in error && error.statusCode !== undefined && error.statusCode < 500) {
    send(request, reply, error.statusCode, error.message, {});
  } else {
    request.log.error({ err: error }, "a request failed");
    send(request, reply, 500, "the server failed; its log has the cause under this request's id", {});
  }
}

/** Up to microversion 1.14 the body has Senlin's fields and no more. */
function send(
  request: FastifyRequest,
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
  const { type: named, help, diagnostics, facts } = more;
  const title = STATUS_CODES[status] ?? "Error";
  const type = named ?? exceptions[status] ?? "InternalError";
  const error = isSenlins(request)
    ? { code: status, message, type } // in Senlin's order: its client prints this as it is
    : {
        code: status,
        title,
        message,
        type,
        ...(help !== undefined && { help }),
        ...(diagnostics !== undefined && { diagnostics }),
        ...(facts !== undefined && { facts }),
      };
  reply.code(status).send({ code: status, title, explanation: explanations[status] ?? title, error });
}

/** What Senlin's web framework says of a status (webob: exc.py). */
const explanations: Readonly<Record<number, string>> = {
  400: "The server could not comply with the request since it is either malformed or otherwise incorrect.",
  401: "This server could not verify that you are authorized to access the document you requested.",
  403: "Access was denied to this resource.",
  404: "The resource could not be found.",
  406: "The server could not comply with the request since it is either malformed or otherwise incorrect.",
  409: "There was a conflict when trying to complete your request.",
  413: "The body of your request was too large for this server.",
  429: "The client has sent too many requests in a given amount of time.",
  500: "The server has either erred or is incapable of performing the requested operation.",
  503: "The server is currently unavailable. Please try again at a later time.",
};

/** Senlin's exception classes by status, where nothing more exact is known. */
const exceptions: Readonly<Record<number, string>> = {
  400: "BadRequest",
  401: "Unauthorized",
  403: "Forbidden",
  404: "ResourceNotFound",
  406: "InvalidGlobalAPIVersion",
  409: "Conflict",
  429: "TooManyRequests",
};
