import { type Static, Type } from "typebox";
import { Compile } from "typebox/compile";
import type { Identity } from "../caller.ts";

const Named = Type.Object({ id: Type.String(), name: Type.String() });
const Endpoint = Type.Object({
  interface: Type.String(),
  url: Type.String(),
  region_id: Type.Optional(Type.Union([Type.String(), Type.Null()])),
});
const Service = Type.Object({ type: Type.String(), endpoints: Type.Array(Endpoint) });
const Domain = Type.Object({ id: Type.Union([Type.String(), Type.Null()]) });

/** What of a token's description (Identity API v3, `GET /auth/tokens`) is read here. */
const TokenBody = Type.Object({
  token: Type.Object({
    expires_at: Type.String(),
    user: Type.Object({ id: Type.String(), name: Type.String(), domain: Type.Optional(Domain) }),
    project: Type.Optional(
      Type.Object({ id: Type.String(), name: Type.String(), domain: Type.Optional(Domain) }),
    ),
    roles: Type.Optional(Type.Array(Named)),
    catalog: Type.Optional(Type.Array(Service)),
    "OS-TRUST:trust": Type.Optional(Type.Object({ id: Type.String() })),
    application_credential: Type.Optional(Type.Object({ id: Type.String() })),
  }),
});
const checker = Compile(TokenBody);

export type TokenDescription = Static<typeof TokenBody>["token"];
export type CatalogService = Static<typeof Service>;

/** A token's description, checked. Throws when Keystone said something else. */
export function readTokenBody(body: unknown): TokenDescription {
  if (!checker.Check(body)) throw new Error("Keystone describes a token in a way that nobody here reads");
  if (Number.isNaN(Date.parse(body.token.expires_at)))
    throw new Error("Keystone gives a token no time of its end");
  return body.token;
}

/** Who a token with a project speaks for; `null` for one without: of a domain, the system, or nothing. */
export function identityOf(token: TokenDescription): Identity | null {
  const { user, project, roles = [] } = token;
  if (project === undefined) return null;
  return {
    userId: user.id,
    userName: user.name,
    userDomainId: user.domain?.id ?? null,
    projectId: project.id,
    projectName: project.name,
    domainId: project.domain?.id ?? null,
    roles: roles.map(({ id, name }) => ({ id, name })),
    expiresAt: Date.parse(token.expires_at),
    delegated: token["OS-TRUST:trust"] !== undefined || token.application_credential !== undefined,
  };
}
