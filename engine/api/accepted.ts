import type { FastifyReply, FastifyRequest } from "fastify";
import type { Requester } from "../actions/request-action.ts";
import type { ActionRow } from "../store/rows.ts";
import { ApiError } from "./api-error.ts";
import type { ApiContext } from "./context.ts";
import { senlinsLast } from "./microversion.ts";
import { readPace } from "./read-pace.ts";
import { badRequest } from "./senlin-body/fields.ts";

/**
 * Who asks for an action, and how: what would have to wait is refused, as Senlin's clients expect it, also those that ask for
 * the latest version. From 1.15 on it queues with `?on_conflict=queue`, and the header `Idempotency-Key` makes a repeat
 * return the first one's action; `readPace` has how it may go through its nodes.
 */
export function requesterOf(request: FastifyRequest, { limits }: ApiContext): Requester {
  const { caller, microversion } = request;
  const ours = microversion > senlinsLast;
  return {
    userId: caller.userId,
    domainId: caller.domainId,
    requestKey: ours ? requestKeyOf(request) : undefined,
    refusesConflicts: ours ? readOnConflict(request) : true,
    limits,
    ...(ours && { pace: readPace(request) }),
  };
}

function requestKeyOf({ headers }: FastifyRequest): string | undefined {
  const key = headers["idempotency-key"];
  if (key === undefined) return undefined;
  if (typeof key === "string" && key.length >= 1 && key.length <= 255) return key;
  throw new ApiError(400, "the header Idempotency-Key must hold 1 to 255 characters, once");
}

function readOnConflict(request: FastifyRequest): boolean {
  const { on_conflict: asked } = request.query as Readonly<Record<string, unknown>>; // as the parser gives it
  if (asked === "queue") return false;
  if (asked === undefined || asked === "refuse") return true;
  throw badRequest(`Invalid value '${String(asked)}' specified for 'on_conflict': it is queue or refuse`);
}

/** 202 with where the action is. */
export function accepted(reply: FastifyReply, action: Pick<ActionRow, "id">): FastifyReply {
  return reply.code(202).header("location", `/v1/actions/${action.id}`);
}
