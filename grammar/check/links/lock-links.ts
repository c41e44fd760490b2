import { type NamedBody, waysTo } from "./reaching.ts";

/** Reports calls inside of a `lock` to actions that take one as well: two runs could wait for each other for ever. */
export function reportNestedLocks(bodies: readonly NamedBody[]): void {
  const wayToLock = waysTo(bodies, (body) => body.locks.length > 0);
  for (const { c, body } of bodies) {
    for (const { action, span, lockedAt } of body.performs) {
      const path = lockedAt === null ? undefined : wayToLock(action);
      if (lockedAt === null || path === undefined) continue;
      c.reportWith({ notes: [{ span: lockedAt, message: "this lock is held here" }] }, "nested-lock", span, {
        path,
      });
    }
  }
}
