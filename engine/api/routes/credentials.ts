import { Type } from "typebox";
import { findCredentials } from "../../store/credentials.ts";
import type { Api } from "../app.ts";
import { CredentialBody, toCredentialBody } from "../bodies/credential.ts";
import { refusals } from "../bodies/schemas.ts";
import type { ApiContext } from "../context.ts";

const all = Type.Object({ credentials: Type.Array(CredentialBody) });

/** `GET /v1/credentials`: what lets the engine act later in the caller's name, in the token's project. At most two. */
export function getCredentials(app: Api, context: ApiContext): void {
  const schema = { summary: "List what lets the engine act for you", response: { 200: all, ...refusals } };
  app.get("/credentials", { schema, config: { rule: "credentials:get" } }, async ({ caller }) => {
    return { credentials: (await findCredentials(context.pool, caller)).map(toCredentialBody) };
  });
}

/**
 * `POST /v1/credentials` with `{}`: lets the engine act later in the caller's name, by a trust made with this token. With
 * `{"application_credential": {"id": "…", "secret": "…"}}` by that, for tokens that can't make trusts. May be repeated.
 * 200 with all there is; 403 when Keystone or the token doesn't permit it, 503 when Keystone can't be asked. With local
 * tokens nothing is needed: an empty list.
 */
export function postCredentials(app: Api, context: ApiContext): void {
  const text = Type.String({ minLength: 1, maxLength: 1024 });
  const application = Type.Object({ id: text, secret: text }, { additionalProperties: false });
  const body = Type.Object(
    { application_credential: Type.Optional(application) },
    { additionalProperties: false },
  );
  const schema = { summary: "Let the engine act for you later", body, response: { 200: all, ...refusals } };
  app.post(
    "/credentials",
    { schema, config: { rule: "credentials:create" } },
    async ({ body: sent, caller }) => {
      const { application_credential: credential } = sent;
      if (credential === undefined) await context.access.delegate(caller);
      else await context.access.keepApplicationCredential(caller, credential);
      return { credentials: (await findCredentials(context.pool, caller)).map(toCredentialBody) };
    },
  );
}

/** `DELETE /v1/credentials`: takes all of it back; a trust is revoked. 204, also when there was nothing. */
export function deleteCredentials(app: Api, context: ApiContext): void {
  const schema = {
    summary: "Let the engine act for you no more",
    response: { 204: Type.Null(), ...refusals },
  };
  app.delete(
    "/credentials",
    { schema, config: { rule: "credentials:delete" } },
    async ({ caller }, reply) => {
      await context.access.withdraw(caller);
      return reply.code(204).send(null);
    },
  );
}
