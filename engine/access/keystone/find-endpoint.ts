import type { CatalogService } from "./token-body.ts";

/**
 * Where a service of a type is, without a slash at the end, by what Keystone's catalog says; the first region's where
 * none is named. `null` when the catalog has none.
 */
export function findEndpoint(
  catalog: readonly CatalogService[],
  q: { readonly type: string; readonly interface: string; readonly region: string | null },
): string | null {
  const found = catalog
    .filter(({ type }) => type === q.type)
    .flatMap(({ endpoints }) => endpoints)
    .find((one) => one.interface === q.interface && (q.region === null || one.region_id === q.region));
  return found?.url.replace(/\/+$/, "") ?? null;
}
