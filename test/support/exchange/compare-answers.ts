import { createTwoFilesPatch } from "diff";
import type { Answer } from "./play-requests.ts";

/** What is wrong with an answer, as text to read, or null: measured by what the real Senlin answered. */
export function compareAnswer({ request, text, missing }: Answer, golden: string | undefined): string | null {
  const isToMiss = request.differs?.status === 404; // what Senlin has and we have not can't be named in what follows
  if (missing.length > 0 && !isToMiss) return `${missing.join(", ")} is nothing; an earlier request failed`;
  if (golden === undefined) return "there is no golden answer; record it from the real Senlin";
  if (request.differs === undefined)
    return text === golden
      ? null
      : createTwoFilesPatch("senlin", "here", `${golden}\n`, `${text}\n`, "", "", { context: 3 })
          .split("\n")
          .slice(4)
          .join("\n");
  const { status, reason, says } = request.differs;
  if (statusOf(text) !== status) return `expected ${status} (${reason}), got\n${text}`;
  if (says !== undefined) return differently(messageOf(text), says);
  if (status < 400 || statusOf(golden) < 400) return null;
  const [ours, theirs] = [messageOf(text), messageOf(golden)];
  if (ours === undefined) return `expected a fault's JSON, got\n${text}`;
  // where Senlin tripped over itself, its text is no example
  if (theirs === undefined || stumbles.test(theirs)) return null;
  if (status === 409 && statusOf(golden) === 409) return null;
  return differently(ours, theirs);
}

/** What Senlin says where Python failed: its error, or that the request is "malformed or otherwise incorrect". */
const stumbles = /object has no attribute|index out of range|either malformed or otherwise incorrect/;

function differently(said: string | undefined, expected: string): string | null {
  return said === expected ? null : `expected the message\n  ${expected}\ngot\n  ${said}`;
}

function statusOf(answer: string): number {
  return Number(answer.slice(0, 3));
}

function messageOf(answer: string): string | undefined {
  const at = answer.indexOf("\n{");
  if (at < 0) return undefined;
  try {
    return (JSON.parse(answer.slice(at)) as { error?: { message?: string } }).error?.message;
  } catch {
    return undefined;
  }
}
