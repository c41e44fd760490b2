import { type Keystone, keystoneCaller, type Login } from "../../support/keystone.ts";

/** Which system the clients speak to. */
export const targetNames = ["senlin", "coppice"] as const;
export type TargetName = (typeof targetNames)[number];

/** What the tests know of the system and of the people in whose names they ask. */
export interface ClientsTarget {
  readonly name: TargetName;
  readonly url: string;
  /** The region under which Keystone's catalog lists it: two systems of one type need two. */
  readonly region: string;
  /** Where the clients are. */
  readonly bin: string;
  /** A folder that is thrown away. */
  readonly folder: string;
  readonly keystone: string;
  readonly adminPassword: string;
  readonly member: Login;
  readonly admin: Login;
}

declare module "vitest" {
  interface ProvidedContext {
    clientsTarget: ClientsTarget;
  }
}

/** Has the catalog list a system of type `clustering` in a region, so that clients find it by the region's name. */
export async function registerEndpoint(keystone: Keystone, region: string, url: string): Promise<void> {
  const call = await keystoneCaller(keystone);
  const services = (await call("GET", "/services?type=clustering")) as { services: { id: string }[] };
  const service = { name: "clustering", type: "clustering" };
  const id =
    services.services[0]?.id ??
    ((await call("POST", "/services", { service })) as { service: { id: string } }).service.id;
  const regions = (await call("GET", "/regions")) as { regions: { id: string }[] };
  if (!regions.regions.some((each) => each.id === region))
    await call("POST", "/regions", { region: { id: region } });
  const found = (await call("GET", `/endpoints?service_id=${id}&region_id=${region}`)) as {
    endpoints: { id: string; interface: string }[];
  };
  for (const each of ["public", "internal", "admin"]) {
    const known = found.endpoints.find((endpoint) => endpoint.interface === each);
    const endpoint = { service_id: id, region_id: region, interface: each, url };
    if (known === undefined) await call("POST", "/endpoints", { endpoint });
    else await call("PATCH", `/endpoints/${known.id}`, { endpoint: { url } });
  }
}
