import type { LockText } from "./lock-file.ts";

/** Whether a value has the shape of a lock (`lock-schema.ts`). */
declare const isLock: (value: unknown) => value is LockText;
export default isLock;
