import type { Networks } from "../host/broker/addresses.ts";
import { openUserUrl, UserUrlError } from "../host/broker/user-url.ts";
import { CannotTell, type LifecycleTeller } from "./tell-lifecycles.ts";

/** A listener has so long to answer. */
const answerMs = 10_000;

/** Hooks of type webhook: a POST to their address, which any answer of 2xx takes. */
export function urlTeller(q: {
  /** Whose private addresses may be asked. */
  readonly networks: Networks;
  /** 10 s when it is left out. */
  readonly timeoutMs?: number;
}): LifecycleTeller {
  const { networks, timeoutMs = answerMs } = q;
  return {
    type: "webhook",
    target: "url",
    show: (url) => URL.parse(url)?.host ?? "an address that is none",
    async tell(row, message) {
      try {
        const url = openUserUrl(row.target, { networks });
        try {
          const body = JSON.stringify(message);
          const { status } = await url.ask({ method: "POST", body, timeoutMs });
          if (status < 200 || status > 299) throw new CannotTell(`it answers ${status}`, { retryable: true });
        } finally {
          await url.close();
        }
      } catch (error) {
        if (!(error instanceof UserUrlError)) throw error;
        throw new CannotTell(error.message, { retryable: error.retryable });
      }
    },
  };
}
