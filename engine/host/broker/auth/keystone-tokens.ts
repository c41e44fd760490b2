import type { Dispatcher } from "undici";
import { HostFailure } from "../../plugin-host.ts";
import type { AuditNote, BrokerCall } from "../broker-call.ts";
import { requireGrant } from "../grants.ts";
import { coversPlace, placeOf } from "../http-target.ts";
import type { Credentials, KeystoneCredentials } from "./credentials.ts";
import { authenticate, type KeystoneToken, sameKeystone } from "./keystone.ts";

/** A token that is running out is not sent any more. */
const marginMs = 60_000;
const keptAtMost = 1000;

/** A granted Keystone, and the credentials for it. */
export interface GrantedKeystone {
  readonly entry: KeystoneCredentials;
  readonly token: KeystoneToken;
}

/** Tokens by project and Keystone: made when one is needed, and again when it has run out or was refused. */
export class KeystoneTokens {
  readonly #credentials: Credentials;
  readonly #dispatcher: Dispatcher;
  readonly #note: (call: BrokerCall, note: AuditNote) => void;
  readonly #slots = new Map<string, Slot>();

  constructor(
    credentials: Credentials,
    dispatcher: Dispatcher,
    note: (call: BrokerCall, note: AuditNote) => void,
  ) {
    this.#credentials = credentials;
    this.#dispatcher = dispatcher;
    this.#note = note;
  }

  /** A token of the Keystone at `url`, or of the only granted one. `refused` is a token that it no longer takes. */
  async of(call: BrokerCall, url: string | undefined, refused?: KeystoneToken): Promise<GrantedKeystone> {
    const wanted = url ?? onlyGranted(call);
    requireGrant(call, "keystone", wanted, (written) => sameKeystone(written, wanted));
    const entries = await this.#credentials.of("keystone", call.projectId);
    const entry = entries.find((one) => sameKeystone(one.url, wanted));
    if (entry === undefined) throw noCredentials(call, wanted);
    const slot = this.#slotOf(JSON.stringify([call.projectId, entry]));
    const kept = slot.token;
    const usable = kept !== undefined && kept !== refused && kept.expiresAt - marginMs > Date.now();
    if (!usable) slot.pending ??= this.#renew(call, slot, entry);
    const token = usable ? kept : await (slot.pending as Promise<KeystoneToken>); // just set
    call.secrets.watch("token of Keystone", token.id);
    return { entry, token };
  }

  /** One request for all that wait for the same token. */
  async #renew(call: BrokerCall, slot: Slot, entry: KeystoneCredentials): Promise<KeystoneToken> {
    const started = performance.now();
    const target = `POST ${entry.url}/auth/tokens`;
    const note = { capability: "keystone", target, bytesIn: 0, bytesOut: 0, started };
    try {
      const token = await authenticate(entry, this.#credentials, this.#dispatcher);
      slot.token = token;
      this.#note(call, { ...note, outcome: "ok" });
      return token;
    } catch (error) {
      this.#note(call, { ...note, outcome: "failed" });
      throw error;
    } finally {
      slot.pending = undefined;
    }
  }

  #slotOf(name: string): Slot {
    const slot = this.#slots.get(name) ?? { token: undefined, pending: undefined };
    this.#slots.set(name, slot);
    if (this.#slots.size > keptAtMost) this.#slots.delete(this.#slots.keys().next().value ?? "");
    return slot;
  }
}

interface Slot {
  token: KeystoneToken | undefined;
  pending: Promise<KeystoneToken> | undefined;
}

/** Only services that Keystone names, or that the operator does, get the token; Keystone itself is only read. */
export function requireRecipient({ entry, token }: GrantedKeystone, method: string, url: URL): void {
  const identity = new URL(entry.url);
  if (placeOf(identity) === placeOf(url) && (method === "GET" || method === "HEAD")) return;
  const endpoints = token.catalog
    .flatMap((service) => service.endpoints)
    .flatMap((endpoint) => URL.parse(endpoint.url) ?? []);
  const named = endpoints.some(
    (endpoint) => endpoint.protocol === url.protocol && placeOf(endpoint) === placeOf(url),
  );
  if (named && placeOf(identity) !== placeOf(url)) return;
  if (entry.hosts.some((host) => coversPlace(host, url))) return;
  const why =
    placeOf(identity) === placeOf(url)
      ? "with its token, Keystone itself is only read"
      : "the catalog of that Keystone doesn't name this service";
  throw new HostFailure(`${method} ${url.origin} gets no token of ${entry.url}: ${why}`, {
    code: "not-granted",
    retryable: false,
    help: `if it should, the operator adds "${placeOf(url)}" to hosts of these credentials`,
  });
}

function onlyGranted(call: BrokerCall): string {
  const granted = call.grants.flatMap((g) => (g.capability === "keystone" && g.target ? [g.target] : []));
  const [only] = granted;
  if (only !== undefined && granted.length === 1) return only;
  if (granted.length > 1)
    throw new HostFailure(`several Keystones are granted: ${granted.join(", ")}`, {
      code: "bad-request",
      retryable: false,
      help: 'say which: auth: { kind: "keystone", url: … }',
    });
  throw new HostFailure(`plugin ${call.manifest.name} may not use a Keystone`, {
    code: "not-granted",
    retryable: false,
    help: 'if it should, add this line to its block in the program: allow keystone "https://host:5000/v3"',
  });
}

function noCredentials(call: BrokerCall, url: string): HostFailure {
  return new HostFailure(`project ${call.projectId} has no credentials for Keystone at ${url}`, {
    code: "credentials-missing",
    retryable: false,
    help: "the operator adds them to the file that COPPICE_CREDENTIALS names",
  });
}
