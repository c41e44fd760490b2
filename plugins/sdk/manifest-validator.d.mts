import type { ErrorObject } from "ajv";

/** Whether a value has the shape of a manifest (`manifest-schema.ts`); `errors` are those of the last value. */
declare const validate: { (value: unknown): boolean; readonly errors?: readonly ErrorObject[] | null };
export default validate;
