import { HostFailure } from "../plugin-host.ts";
import { checkedLookup } from "./addresses.ts";
import type { Authenticators } from "./auth/authenticators.ts";
import { type BrokerCall, type Capability, ownerOf } from "./broker-call.ts";
import type { BrokerSettings } from "./broker-settings.ts";
import { type ClientTls, Dispatchers } from "./dispatchers.ts";
import { requireGrant } from "./grants.ts";
import { exchange, withoutQuery } from "./http-exchange.ts";
import { badRequest, type CheckedRequest, checkRequest } from "./http-request.ts";
import { coversPlace, coversRequest, placeOf } from "./http-target.ts";
import { shown } from "./shown.ts";
import type { Streams } from "./streams.ts";

export interface HttpNeeds {
  readonly settings: BrokerSettings;
  readonly streams: Streams;
  readonly authenticators: Authenticators;
}

/** `host.http`: HTTP and HTTPS to granted hosts, ports and paths. The address that was checked is the one connected to. */
export function httpCapability(needs: HttpNeeds): Capability & { close(): Promise<void> } {
  const { settings, streams, authenticators } = needs;
  const lookup = checkedLookup(settings.resolve, settings.privateNetworks);
  const dispatchers = new Dispatchers(lookup, settings);
  return {
    limited: true,
    target(input) {
      const { method, url } = (input ?? {}) as { method?: unknown; url?: unknown };
      return `${shown(method, 10)} ${withoutQuery(shown(url, 4000))}`;
    },
    async run(call, input) {
      const q = checkRequest(input);
      const url = readUrl(q);
      requireHttp(call, q.method, url);
      const dispatcher = dispatchers.of(ownerOf(call), q.tls === undefined ? null : clientTls(q.tls));
      const send = (headers: CheckedRequest["headers"], path: string) =>
        exchange({
          dispatcher,
          origin: url.origin,
          path,
          q: { ...q, headers },
          call,
          streams,
          bodyBytes: settings.bodyBytes,
        });
      if (q.auth === undefined) return send(q.headers, url.pathname + url.search);
      if (q.bodyStream !== undefined)
        throw badRequest("auth needs a body that is not streamed: it may be sent twice, or signed");
      const request = { method: q.method, url, headers: q.headers, body: q.body };
      const { headers, path, renew } = await authenticators.sign(call, q.auth, request);
      const answer = await send(headers, path);
      if (answer.value.status !== 401 || renew === undefined) return answer;
      if (answer.value.stream !== undefined) streams.cancel(call, answer.value.stream);
      return send(await renew(), path);
    },
    close: () => dispatchers.close(),
  };
}

function readUrl(q: CheckedRequest): URL {
  const url = URL.parse(q.url);
  if (url === null || (url.protocol !== "http:" && url.protocol !== "https:"))
    throw new HostFailure(`${withoutQuery(q.url)} is not an http or https address`, {
      code: "bad-request",
      retryable: false,
    });
  if (url.username !== "" || url.password !== "")
    throw new HostFailure(`${withoutQuery(q.url)} carries a password; send it as an authorization header`, {
      code: "bad-request",
      retryable: false,
    });
  return url;
}

/** Names no more than what is missing: where the host is granted for other methods or paths, this one. */
function requireHttp(call: BrokerCall, method: string, url: URL): void {
  const targets = [...call.grants, ...call.manifest.needs].flatMap((one) =>
    one.capability === "http" && one.target ? [one.target] : [],
  );
  const narrow = targets.some((target) => coversPlace(target, url));
  const wanted = narrow ? `${method} ${placeOf(url)}${url.pathname}` : placeOf(url);
  requireGrant(call, "http", wanted, (written) => coversRequest(written, { method, url }));
}

function clientTls({ certificate, key, authority }: NonNullable<CheckedRequest["tls"]>): ClientTls {
  if ((certificate === undefined) !== (key === undefined))
    throw badRequest("tls has a certificate and a key, or neither");
  return {
    ...(certificate === undefined ? {} : { certificate }),
    ...(key === undefined ? {} : { key }),
    ...(authority === undefined ? {} : { authority }),
  };
}
