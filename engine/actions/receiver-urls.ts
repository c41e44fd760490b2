import { createHash, randomBytes, timingSafeEqual } from "node:crypto";
import type { Json } from "../../grammar/plan.ts";

/** The name of the query parameter that signs a webhook's URL. */
export const signatureName = "signature";

/** What signs the URL of one receiver: whoever has the URL may trigger it, whoever only knows its id may not. */
export function newSignature(): { readonly signature: string; readonly hash: string } {
  const signature = randomBytes(32).toString("base64url");
  return { signature, hash: hashOf(signature) };
}

/** Whether a request came by the URL that the receiver was given. */
export function isSigned(signature: string | undefined, hash: string): boolean {
  if (signature === undefined) return false;
  return timingSafeEqual(Buffer.from(hashOf(signature), "hex"), Buffer.from(hash, "hex"));
}

/** Senlin's form, with its parameters by name, and the signature at the end. */
export function alarmUrl(
  base: string,
  q: {
    readonly id: string;
    readonly params: Readonly<Record<string, Json>> | null;
    readonly signature: string;
  },
): string {
  const query = new URLSearchParams({ V: "2" });
  for (const [name, value] of Object.entries(q.params ?? {}).sort(([a], [b]) => (a < b ? -1 : 1)))
    query.append(name, typeof value === "string" ? value : JSON.stringify(value));
  query.append(signatureName, q.signature);
  return `${base}/v1/webhooks/${q.id}/trigger?${query}`;
}

/** Where a message service tells of a receiver's messages. */
export function notifyUrl(base: string, q: { readonly id: string; readonly signature: string }): string {
  return `${base}/v1/webhooks/${q.id}/notify?${new URLSearchParams({ [signatureName]: q.signature })}`;
}

function hashOf(signature: string): string {
  return createHash("sha256").update(signature).digest("hex");
}
