import type { Said } from "../remembered-tokens.ts";
import type { IdentityClient } from "./identity-client.ts";
import type { ServiceSession } from "./service-session.ts";
import { identityOf, readTokenBody } from "./token-body.ts";

/**
 * Asks Keystone who a token speaks for, with the service user's right to do so. Without the catalog, which can be a
 * hundred times as large as the rest. Throws `AccessRefusal` of kind unavailable.
 */
export async function verifyToken(
  client: IdentityClient,
  session: ServiceSession,
  token: string,
): Promise<Said> {
  const answer = await session.ask((own) =>
    client.ask({ method: "GET", path: "/auth/tokens?nocatalog", token: own, subject: token }),
  );
  if (answer.status === 404) return "invalid";
  if (answer.status !== 200) throw session.refused(answer.status, "the verification of tokens");
  return identityOf(readTokenBody(answer.body)) ?? "no-project";
}
