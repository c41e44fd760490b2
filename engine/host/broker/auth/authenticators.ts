import type { LookupFunction } from "node:net";
import type { AwsAuth, KeystoneAuth } from "../../../../plugins/sdk/host.ts";
import type { AuditNote, BrokerCall } from "../broker-call.ts";
import type { BrokerSettings } from "../broker-settings.ts";
import { Dispatchers } from "../dispatchers.ts";
import { awsCredentialsFor } from "./aws.ts";
import { Credentials } from "./credentials.ts";
import { type GrantedKeystone, KeystoneTokens, requireRecipient } from "./keystone-tokens.ts";
import { signV4 } from "./sign-v4.ts";

/** A request that is to be sent with credentials which the plugin doesn't see. */
export interface RequestToSign {
  readonly method: string;
  readonly url: URL;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | Buffer | undefined;
}

export interface Signed {
  readonly headers: Readonly<Record<string, string>>;
  /** Path and query to send. */
  readonly path: string;
  /** Headers with a new token, when the answer was 401. */
  readonly renew?: () => Promise<Readonly<Record<string, string>>>;
}

/** Signs requests with credentials that the operator gave to a project. */
export class Authenticators {
  readonly #credentials: Credentials;
  readonly #dispatchers: Dispatchers;
  readonly #tokens: KeystoneTokens;

  constructor(settings: BrokerSettings, note: (call: BrokerCall, note: AuditNote) => void) {
    this.#credentials = new Credentials(settings.credentials, settings.environment);
    // Keystone's address is the operator's own word: it may lie in a private network
    this.#dispatchers = new Dispatchers(settings.resolve as LookupFunction, settings);
    this.#tokens = new KeystoneTokens(this.#credentials, this.#dispatchers.of("keystone", null), note);
  }

  /** What the request has to be sent with. Throws `HostFailure`. */
  async sign(call: BrokerCall, auth: KeystoneAuth | AwsAuth, request: RequestToSign): Promise<Signed> {
    return auth.kind === "aws" ? this.#aws(call, auth, request) : this.#withToken(call, auth, request);
  }

  /** A token of a granted Keystone, with its catalog. */
  keystone(call: BrokerCall, url: string | undefined): Promise<GrantedKeystone> {
    return this.#tokens.of(call, url);
  }

  close(): Promise<void> {
    return this.#dispatchers.close();
  }

  async #withToken(call: BrokerCall, auth: KeystoneAuth, request: RequestToSign): Promise<Signed> {
    const first = await this.#tokens.of(call, auth.url);
    requireRecipient(first, request.method, request.url);
    const headers = (token: string) => ({ ...request.headers, "x-auth-token": token });
    return {
      headers: headers(first.token.id),
      path: request.url.pathname + request.url.search,
      renew: async () => headers((await this.#tokens.of(call, auth.url, first.token)).token.id),
    };
  }

  async #aws(call: BrokerCall, auth: AwsAuth, request: RequestToSign): Promise<Signed> {
    const { credentials, service, region } = await awsCredentialsFor(
      call,
      auth,
      request.url,
      this.#credentials,
    );
    for (const value of [credentials.secretKey, credentials.sessionToken])
      if (value !== undefined) call.secrets.watch("credentials of AWS", value);
    const { url, method, headers, body = "" } = request;
    const signed = signV4(
      { method, host: url.host, path: url.pathname, query: [...url.searchParams], headers, body },
      credentials,
      { service, region, at: new Date() },
    );
    return {
      headers: signed.headers,
      path: url.pathname + (signed.query === "" ? "" : `?${signed.query}`),
    };
  }
}
