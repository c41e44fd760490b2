import type { FunctionCall, Json } from "../sdk/driver.ts";
import type { Host } from "../sdk/host.ts";
import type { ContainerProperties } from "./container.ts";
import type { Network, ServerProperties } from "./server-record.ts";
import { notFound } from "./records.ts";
import { settingsOf } from "./settings.ts";
import type { StackProperties } from "./stack.ts";

/** What `context` may hold: the parts of the credentials that the cloud is used with. (senlin: common/context.py) */
const contextKeys = [
  "auth_token",
  "user_id",
  "project_id",
  "domain_id",
  "user_domain_id",
  "project_domain_id",
  "is_admin",
  "read_only",
  "show_deleted",
  "request_id",
  "auth_url",
  "trusts",
  "user_name",
  "project_name",
  "domain_name",
  "user_domain_name",
  "project_domain_name",
  "auth_token_info",
  "region_name",
  "roles",
  "password",
  "api_version",
];
const vnicTypes = ["normal", "direct", "macvtap"];

/** Everything is there, but what the setting `missing` names. In Senlin's words and order. */
export async function validateServer(host: Host, call: FunctionCall): Promise<Json> {
  const p = call.arguments["properties"] as unknown as Partial<ServerProperties>;
  const isMissing = missingIn(host);
  const problems = contextProblems(p.context);
  const zone = p.availability_zone;
  if (isMissing(zone)) problems.push(`The specified availability_zone '${zone}' could not be found`);
  for (const reference of ["flavor", "image", "key_name"] as const)
    if (isMissing(p[reference]))
      problems.push(`The specified ${reference} '${p[reference]}' could not be found.`);
  if (p.networks === undefined) problems.push("Required spec item 'networks' not provided");
  for (const network of p.networks ?? []) problems.push(...networkProblems(network, isMissing));
  return problems;
}

export async function validateStack(_: Host, call: FunctionCall): Promise<Json> {
  const p = call.arguments["properties"] as unknown as Partial<StackProperties>;
  const given = Object.keys(p.template ?? {}).length > 0 || (p.template_url ?? "") !== "";
  return given
    ? []
    : [`Both template and template_url are not specified for profile '${call.arguments["name"]}'.`];
}

export async function validateContainer(host: Host, call: FunctionCall): Promise<Json> {
  const p = call.arguments["properties"] as unknown as Partial<ContainerProperties>;
  const isMissing = missingIn(host);
  const problems = contextProblems(p.context);
  const hosts = (["host_cluster", "host_node"] as const).filter((name) => (p[name] ?? "") !== "");
  if (hosts.length === 2)
    problems.push("Either 'host_cluster' or 'host_node' must be specified, but not both.");
  if (hosts.length === 0) problems.push("Either 'host_cluster' or 'host_node' must be specified.");
  for (const name of hosts)
    if (isMissing(p[name]))
      problems.push(`The specified ${name} '${p[name]}' could not be found or is not unique.`);
  return problems;
}

/** What the cloud refuses when it comes to making something: a reference that isn't there. */
export function requireThere(host: Host, references: Readonly<Record<string, string | undefined>>): void {
  const isMissing = missingIn(host);
  for (const [what, name] of Object.entries(references))
    if (isMissing(name)) throw notFound(what, String(name));
}

type IsMissing = (name: string | undefined) => boolean;

function missingIn(host: Host): IsMissing {
  const { missing } = settingsOf(host);
  return (name) => name !== undefined && missing.includes(name);
}

function contextProblems(context: ServerProperties["context"]): string[] {
  const bad = Object.keys(context ?? {}).filter((name) => !contextKeys.includes(name));
  return bad.length === 0
    ? []
    : [`Some keys in 'context' are invalid: [${bad.map((name) => `'${name}'`).join(", ")}]`];
}

function* networkProblems(q: Network, isMissing: IsMissing): Generator<string> {
  if (isMissing(q.network)) yield `The specified network ${q.network} could not be found.`;
  if (isMissing(q.port)) yield `The specified port ${q.port} could not be found.`;
  if (isMissing(q.subnet)) yield `The specified subnet ${q.subnet} could not be found.`;
  if (q.network === undefined && q.port === undefined) yield "One of 'port' and 'network' must be provided";
  if (q.fixed_ip !== undefined && q.port !== undefined)
    yield "The 'port' property and the 'fixed_ip' property cannot be specified at the same time";
  if (q.vnic_type !== undefined && !vnicTypes.includes(q.vnic_type))
    yield `vnic_type: '${q.vnic_type}' is not supported.(supported types are: ${vnicTypes.join(", ")})`;
  for (const group of q.security_groups ?? [])
    if (isMissing(group)) yield `The specified security group ${group} could not be found.`;
  if (isMissing(q.floating_network)) yield `The floating network ${q.floating_network} could not be found.`;
  if (q.floating_ip !== undefined && q.floating_network === undefined)
    yield "Must specify a network to create floating IP";
}
