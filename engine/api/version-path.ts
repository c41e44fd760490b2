/**
 * The path that a request means: `/v1.0/…` is `/v1/…`, and `Accept: application/vnd.openstack.clustering-v1` stands for
 * the prefix where a path has none (senlin: api/middleware/version_negotiation.py).
 */
export function versionPath(url: string, accept: string | undefined): string {
  const long = /^\/v1\.0(?=[/?]|$)/.exec(url);
  if (long !== null) return `/v1${url.slice(long[0].length)}`;
  if (/^\/(v\d+(\.\d+)?([/?]|$)|versions([?]|$)|([?]|$))/.test(url)) return url;
  return /^application\/vnd\.openstack\.clustering-v1(\.0)?\b(?!\.)/.test(accept ?? "") ? `/v1${url}` : url;
}
