import { describeError } from "./errors.ts";

/** The SDK's `accepted` marks what it makes: each bundle has its own copy of the SDK, and one registry of symbols. */
const mark = Symbol.for("coppice.accepted");

/** What one function returned, as it crosses: its value, or that it was accepted and is to be asked for. */
export function answerOf(
  returned: unknown,
): { readonly value: unknown } | { readonly accepted: { readonly token: unknown; readonly after: unknown } } {
  if (typeof returned === "object" && returned !== null && mark in returned) {
    const { token, after } = returned as unknown as { token: unknown; after: unknown };
    return { accepted: { token: token ?? null, after } };
  }
  return { value: returned === undefined ? null : returned };
}

/** What a function over many nodes returned: for each a value, an accepted, or an error that is returned, not thrown. */
export function answersOf(returned: unknown): { readonly value: unknown } {
  if (!Array.isArray(returned)) return { value: null };
  return {
    value: returned.map((one: unknown) =>
      one instanceof Error ? { error: describeError(one) } : answerOf(one),
    ),
  };
}
