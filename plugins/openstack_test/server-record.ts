import type { Json, NodeCall } from "../sdk/driver.ts";
import type { Host } from "../sdk/host.ts";
import { hostFor } from "./hypervisors.ts";
import { addressOf } from "./ids.ts";
import { recordsOf } from "./records.ts";
import type { Resource } from "./resource.ts";
import { settingsOf } from "./settings.ts";
import { requireThere } from "./validate.ts";

type Values = Readonly<Record<string, Json>>;

/** The profile type's properties, as the manifest has them. */
export interface ServerProperties {
  readonly context?: Values;
  readonly admin_pass?: string;
  readonly auto_disk_config: boolean;
  readonly availability_zone?: string;
  readonly block_device_mapping_v2?: readonly Values[];
  readonly config_drive?: boolean;
  readonly flavor: string;
  readonly image?: string;
  readonly key_name?: string;
  readonly metadata?: Values;
  readonly name?: string;
  readonly networks?: readonly Network[];
  readonly personality?: readonly Values[];
  readonly scheduler_hints?: Values;
  readonly security_groups?: readonly string[];
  readonly user_data?: string;
}

export interface Network {
  readonly network?: string;
  readonly port?: string;
  readonly vnic_type?: string;
  readonly fixed_ip?: string;
  readonly security_groups?: readonly string[];
  readonly floating_network?: string;
  readonly floating_ip?: string;
  readonly subnet?: string;
}

/** One server. What Nova doesn't tell of one isn't kept: password, files, user data. */
export interface Server extends Resource {
  readonly flavor: string;
  readonly image: string;
  readonly keyName: string | null;
  readonly metadata: Values;
  readonly locked: boolean;
  readonly region: string;
  readonly zone: string;
  readonly host: string;
  readonly group?: string;
  /** The key of the call that moved it to another host. */
  readonly movedBy?: string;
  readonly networks: readonly Network[];
  readonly securityGroups: readonly string[];
  readonly configDrive: boolean;
  readonly autoDiskConfig: boolean;
  readonly blockDevices: readonly Values[];
  readonly launchedAt: number;
}

export const servers = recordsOf<Server>("server");

export async function makeServer(
  host: Host,
  { node, properties: p }: NodeCall<ServerProperties>,
): Promise<Server> {
  requireThere(host, { flavor: p.flavor, image: p.image, key: p.key_name });
  const now = Date.now();
  const { zones, regions } = settingsOf(host);
  // a policy may pin a server to a host: `nova:host2`
  const [zone = "", pinned] = (p.availability_zone ?? zones[0] ?? "nova").split(":");
  const group = text(p.scheduler_hints?.["group"]);
  return {
    name: p.name ?? node.name,
    node: node.name,
    status: "ACTIVE",
    flavor: p.flavor,
    image: p.image ?? "",
    keyName: p.key_name ?? null,
    metadata: {
      ...p.metadata,
      cluster_node_id: node.id,
      ...(node.clusterId === undefined ? {} : membership(node.clusterId, node.index)),
    },
    locked: false,
    region: text(p.context?.["region_name"]) ?? regions[0] ?? "RegionOne",
    zone,
    host:
      pinned ?? (await hostFor(host, { zone, index: node.index, ...(group === undefined ? {} : { group }) })),
    ...(group === undefined ? {} : { group }),
    networks: p.networks ?? [],
    securityGroups: p.security_groups ?? [],
    configDrive: p.config_drive ?? false,
    autoDiskConfig: p.auto_disk_config,
    blockDevices: p.block_device_mapping_v2 ?? [],
    createdAt: now,
    updatedAt: now,
    launchedAt: now,
  };
}

/** What marks a member; Nova's metadata are texts. */
export function membership(clusterId: string, index: number): Values {
  return { cluster_id: clusterId, cluster_node_index: String(index) };
}

const ownKeys = ["cluster_id", "cluster_node_id", "cluster_node_index"];

/** The metadata that a profile gives, with the marks that the engine made. */
export function remark(before: Values, given: Values): Values {
  const marks = Object.entries(before).filter(([name]) => ownKeys.includes(name));
  return { ...given, ...Object.fromEntries(marks) };
}

/** Without those marks. */
export function unmarked(metadata: Values): Values {
  return Object.fromEntries(Object.entries(metadata).filter(([name]) => !ownKeys.includes(name)));
}

/** The addresses of a server by network: at least one. */
export function addressesOf(
  id: string,
  networks: readonly Network[],
): readonly { readonly network: string; readonly address: string; readonly floating: string | null }[] {
  const attached = networks.length === 0 ? [{ network: "private" }] : networks;
  return attached.map((each: Network) => {
    const network = each.network ?? each.port ?? "private";
    const floats = each.floating_ip ?? each.floating_network;
    return {
      network,
      address: each.fixed_ip ?? addressOf(`${id} ${network}`),
      floating:
        floats === undefined ? null : (each.floating_ip ?? addressOf(`${id} ${network} ${floats} floating`)),
    };
  });
}

function text(value: Json | undefined): string | undefined {
  return typeof value === "string" && value !== "" ? value : undefined;
}
