import type { FastifyRequest } from "fastify";
import type { Json } from "../../../grammar/plan.ts";
import { badRequest } from "./fields.ts";

/**
 * Reads `{"scale_out": {…}}`: the one name of a body, and what stands under it. `what` is `action` or `operation`; Senlin
 * ends its sentences for nodes with a full stop, and those for clusters without.
 */
export function readOne(
  request: FastifyRequest,
  q: { what: "action" | "operation"; ending: "" | "." },
): { readonly name: string; readonly value: Json } {
  const body = (request.body ?? {}) as Readonly<Record<string, Json>>; // an object: see `parseBody`
  const [first, ...others] = Object.entries(body);
  if (first === undefined) throw badRequest(`No ${q.what} specified${q.ending}`);
  if (others.length > 0) throw badRequest(`Multiple ${q.what}s specified${q.ending}`);
  return { name: first[0], value: first[1] };
}
