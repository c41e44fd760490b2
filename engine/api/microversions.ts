import type { FastifyRequest } from "fastify";

/** The minor part of a microversion `1.N`: 14 is the last of Senlin's, what comes after it is our own. */
export type Microversion = number;

export const oldest: Microversion = 0;
/** The last one that Senlin has: up to it, answers are Senlin's to the letter. */
export const senlinsLast: Microversion = 14;
export const newest: Microversion = 15;

/** Whether the answer is to be Senlin's to the letter. */
export function isSenlins(request: FastifyRequest): boolean {
  return request.microversion !== undefined && request.microversion <= senlinsLast;
}

/** A text that is no version: Senlin's web framework answers it by itself. */
export class BadMicroversion extends Error {
  constructor(asked: string) {
    super(`API Version String '${asked}' is of invalid format. It must be of format 'major.minor'.`);
    this.name = "BadMicroversion";
  }
}
