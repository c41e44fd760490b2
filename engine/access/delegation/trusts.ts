import type { Logger } from "pino";
import { Type } from "typebox";
import { Compile } from "typebox/compile";
import { AccessRefusal } from "../access-refusal.ts";
import type { Identity, Role } from "../caller.ts";
import type { IdentityClient } from "../keystone/identity-client.ts";
import type { ServiceSession } from "../keystone/service-session.ts";

const TrustBody = Compile(Type.Object({ trust: Type.Object({ id: Type.String() }) }));

/** Trusts in Keystone (OS-TRUST): a user lets the service user act in their name, with some roles in one project. */
export class Trusts {
  readonly #client: IdentityClient;
  readonly #session: ServiceSession;
  readonly #logger: Logger;

  constructor(q: { client: IdentityClient; session: ServiceSession; logger: Logger }) {
    this.#client = q.client;
    this.#session = q.session;
    this.#logger = q.logger;
  }

  /** Makes one with the user's own token, which alone may, and returns its id. It has no end until it is revoked. */
  async make(identity: Identity, roles: readonly Role[], token: string): Promise<string> {
    if (roles.length === 0)
      throw new AccessRefusal(
        "forbidden",
        "can-not-delegate",
        "the token has none of the roles that would be delegated",
        {
          help: "ask the operator of this service which roles it delegates (COPPICE_TRUST_ROLES)",
        },
      );
    const { userId: trustee } = await this.#session.token();
    const answer = await this.#client.ask({
      method: "POST",
      path: "/OS-TRUST/trusts",
      token,
      body: {
        trust: {
          trustor_user_id: identity.userId,
          trustee_user_id: trustee,
          project_id: identity.projectId,
          impersonation: true,
          allow_redelegation: false,
          roles: roles.map(({ id, name }) => (id === null ? { name } : { id })),
        },
      },
    });
    if (answer.status === 201 && TrustBody.Check(answer.body)) return answer.body.trust.id;
    if (answer.status === 401)
      throw new AccessRefusal("unauthenticated", "invalid-token", "the token is not valid, or no longer", {
        help: "get a new one: openstack token issue",
      });
    throw new AccessRefusal(
      "forbidden",
      "can-not-delegate",
      `Keystone doesn't let this user delegate to the engine (it answers ${answer.status})`,
      { help: "check that the user still has the roles of its token in the project" },
    );
  }

  /** Revokes one with the user's own token. A failure leaves a trust that nobody uses: it is logged. */
  async drop(id: string, token: string): Promise<void> {
    const said = await this.#client
      .ask({ method: "DELETE", path: `/OS-TRUST/trusts/${encodeURIComponent(id)}`, token })
      .then(({ status }) => status, String);
    if (said === 204 || said === 404) return;
    this.#logger.warn({ trust: id, said }, "a trust that is no longer used could not be revoked");
  }
}
