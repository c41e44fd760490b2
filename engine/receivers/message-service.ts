import type { Access } from "../access/create-access.ts";
import type { Owner } from "../access/delegation/delegations.ts";
import { findEndpoint } from "../access/keystone/find-endpoint.ts";
import { Refusal } from "../actions/refusal.ts";
import { Zaqar } from "./zaqar.ts";

/** Where Zaqar is. */
export interface ZaqarConfig {
  /** `null`: where Keystone's catalog says. */
  readonly url: string | null;
  readonly region: string | null;
  /** Which endpoints of the catalog: `public`. */
  readonly interface: string;
}

/**
 * Zaqar in a user's name, who has let the engine act for them. Throws `Refusal` of kind unavailable where there is no
 * Zaqar or no Keystone, `AccessRefusal` where the user has taken the permission back.
 */
export async function zaqarFor(access: Access, config: ZaqarConfig, owner: Owner): Promise<Zaqar> {
  const token = await access.tokenFor(owner);
  if (token === null)
    throw noService(
      "Message receivers need Zaqar, and local tokens say nothing to it.",
      "name a Keystone: --keystone-url",
    );
  const url = config.url ?? findEndpoint(token.catalog, { ...config, type: "messaging" });
  if (url === null)
    throw noService(
      "There is no message service here, which a message receiver needs.",
      "make a webhook, or have the operator name Zaqar: --zaqar-url, or a service of type messaging in Keystone's catalog",
    );
  return new Zaqar(url, async (refused) => {
    const renewed = refused === undefined ? token : await access.tokenFor(owner, refused);
    return renewed ?? token;
  });
}

function noService(message: string, help: string): Refusal {
  return new Refusal("unavailable", "no-message-service", message, help);
}
