import { randomUUID } from "node:crypto";

/**
 * A random UUID. Not one that begins with the time: people and clients name objects by the first eight characters, which
 * would be the same for all that is made within a minute.
 */
export function newId(): string {
  return randomUUID();
}

/** Whether a text is a UUID, in any letter case: what may be compared with an id column. */
export function isId(text: string): boolean {
  return /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i.test(text);
}
