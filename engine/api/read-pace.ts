import type { FastifyRequest } from "fastify";
import type { ActionRow } from "../store/rows.ts";
import { badRequest } from "./senlin-body/fields.ts";

const most = 10_000;
const mostSeconds = 86_400;

/**
 * How an action is to go through its nodes, from 1.15 on: `?batch_size=50&batch_pause=10&window=500&database_batch=1000`.
 * Nodes of one batch, seconds between two, nodes under way at once, rows of one statement. What isn't said is the engine's
 * setting, or computed; policies may make it stricter. 400 for what is no whole number in its range.
 */
export function readPace(request: FastifyRequest): ActionRow["pace"] {
  const query = request.query as Readonly<Record<string, unknown>>; // as the parser gives it
  const read = (name: string, from: number, to: number): number | undefined => {
    const text = query[name];
    if (text === undefined) return undefined;
    const value = typeof text === "string" && /^\d{1,9}$/.test(text) ? Number(text) : -1;
    if (value >= from && value <= to) return value;
    throw badRequest(
      `Invalid value '${String(text)}' specified for '${name}': it is a whole number from ${from} to ${to}`,
    );
  };
  const batchSize = read("batch_size", 1, most);
  const pause = read("batch_pause", 0, mostSeconds);
  const window = read("window", 1, most);
  const rows = read("database_batch", 1, most);
  return {
    ...(batchSize !== undefined && { batchSize }),
    ...(pause !== undefined && { pauseMs: pause * 1000 }),
    ...(window !== undefined && { window }),
    ...(rows !== undefined && { rows }),
  };
}
