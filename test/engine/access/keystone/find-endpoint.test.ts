import { expect, it } from "vitest";
import { findEndpoint } from "../../../../engine/access/keystone/find-endpoint.ts";

const at = (region_id: string, kind: string) => ({
  interface: kind,
  region_id,
  url: `http://${kind}.${region_id}/v2/`,
});
const catalog = [
  { type: "compute", endpoints: [at("one", "public")] },
  { type: "messaging", endpoints: [at("one", "internal"), at("one", "public"), at("two", "public")] },
];

it.each([
  ["messaging", "public", null, "http://public.one/v2"],
  ["messaging", "internal", null, "http://internal.one/v2"],
  ["messaging", "public", "two", "http://public.two/v2"],
  ["messaging", "internal", "two", null],
  ["messaging", "admin", null, null],
  ["identity", "public", null, null],
])("%s, %s, region %s: %s", (type, kind, region, expected) => {
  expect(findEndpoint(catalog, { type, interface: kind, region })).toBe(expected);
});
