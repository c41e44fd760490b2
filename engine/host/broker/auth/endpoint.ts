import { checkProperties } from "../../../../plugins/sdk/check-values.ts";
import type { EndpointRequest } from "../../../../plugins/sdk/host.ts";
import type { PropertySchemas } from "../../../../plugins/sdk/manifest.ts";
import type { Capability } from "../broker-call.ts";
import { badRequest } from "../http-request.ts";
import { shown } from "../shown.ts";
import type { Authenticators } from "./authenticators.ts";

const requestSchema: PropertySchemas = {
  type: { type: "String", required: true },
  interface: { type: "String", values: ["public", "internal", "admin"], default: "public" },
  region: { type: "String" },
  keystone: { type: "String" },
};

/** `host.endpoint`: where a service is, by the catalog of a granted Keystone. */
export function endpointCapability(authenticators: Authenticators): Capability {
  return {
    limited: true,
    target: (input) => `endpoint ${shown((input as { type?: unknown } | null)?.type, 100)}`,
    async run(call, input) {
      const checked = checkProperties(requestSchema, input);
      if (!checked.ok) throw badRequest(checked.problems.map((p) => `${p.path} ${p.message}`).join("; "));
      const q = checked.value as unknown as EndpointRequest;
      const { token } = await authenticators.keystone(call, q.keystone);
      const found = token.catalog
        .filter((service) => service.type === q.type)
        .flatMap((service) => service.endpoints)
        .find(
          (one) => one.interface === q.interface && (q.region === undefined || one.region_id === q.region),
        );
      return { value: found?.url ?? null };
    },
  };
}
