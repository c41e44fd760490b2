import type { FunctionCall, Json } from "../sdk/driver.ts";
import type { Host } from "../sdk/host.ts";
import { draw } from "./ids.ts";
import { notFound } from "./records.ts";
import { addressesOf, type Network, type Server, servers, unmarked } from "./server-record.ts";

/** Nova's number for what runs, is paused or is off. */
const powerStates: Readonly<Record<string, number>> = { ACTIVE: 1, RESCUE: 1, PAUSED: 3 };
const vmStates: Readonly<Record<string, string>> = {
  SHUTOFF: "stopped",
  RESCUE: "rescued",
  BUILD: "building",
};

/** What `show_details` of a node gives: the fields that Senlin takes from Nova's answer. */
export function serverDetails(id: string, server: Server): Json {
  const { status, securityGroups: groups } = server;
  const addresses = addressesOf(id, server.networks);
  const volumes = server.blockDevices.flatMap(({ destination_type, uuid }) =>
    destination_type === "volume" && typeof uuid === "string" ? [uuid] : [],
  );
  return {
    id,
    name: server.name,
    status,
    image: server.image,
    flavor: server.flavor,
    addresses: Object.fromEntries(
      addresses.map(({ network, address, floating }) => [
        network,
        [
          { addr: address, version: 4, "OS-EXT-IPS:type": "fixed" },
          ...(floating === null ? [] : [{ addr: floating, version: 4, "OS-EXT-IPS:type": "floating" }]),
        ],
      ]),
    ),
    security_groups: groups.length > 1 ? [...groups] : (groups[0] ?? ""),
    attached_volumes: volumes,
    metadata: server.metadata,
    key_name: server.keyName,
    config_drive: server.configDrive ? "True" : "",
    created: time(server.createdAt),
    updated: time(server.updatedAt),
    progress: status === "BUILD" ? 0 : 100,
    hostId: Math.floor(draw(server.host) * 2 ** 32)
      .toString(16)
      .padStart(8, "0"),
    locked: server.locked,
    accessIPv4: "",
    accessIPv6: "",
    "OS-DCF:diskConfig": server.autoDiskConfig ? "AUTO" : "MANUAL",
    "OS-EXT-AZ:availability_zone": server.zone,
    "OS-EXT-STS:power_state": powerStates[status] ?? (status === "BUILD" ? 0 : 4),
    "OS-EXT-STS:vm_state": vmStates[status] ?? status.toLowerCase(),
    "OS-EXT-STS:task_state": server.goneAt === undefined ? "-" : "deleting",
    "OS-SRV-USG:launched_at": status === "BUILD" ? "-" : time(server.launchedAt).replace("Z", ".000000"),
    "OS-SRV-USG:terminated_at": "-",
    "os-extended-volumes:volumes_attached": volumes.map((volume) => ({ id: volume })),
  };
}

/** `openstack_test.preview_server(physical_id: "…")`: the properties that a profile of this server would have. */
export async function previewServer(host: Host, call: FunctionCall): Promise<Json> {
  const id = String(call.arguments["physical_id"]);
  const found = await servers.read(host, id);
  if (found === null) throw notFound("server", id);
  const metadata = unmarked(found.metadata);
  return {
    auto_disk_config: found.autoDiskConfig,
    availability_zone: found.zone,
    ...(found.blockDevices.length === 0 ? {} : { block_device_mapping_v2: [...found.blockDevices] }),
    config_drive: found.configDrive,
    flavor: found.flavor,
    ...(found.image === "" ? {} : { image: found.image }),
    ...(found.keyName === null ? {} : { key_name: found.keyName }),
    ...(Object.keys(metadata).length === 0 ? {} : { metadata }),
    name: found.name,
    networks: networkNames(id, found.networks).map((network) => ({ network })),
    security_groups: [...found.securityGroups],
  };
}

function networkNames(id: string, networks: readonly Network[]): readonly string[] {
  return [...new Set(addressesOf(id, networks).map(({ network }) => network))];
}

function time(milliseconds: number): string {
  return `${new Date(milliseconds).toISOString().slice(0, 19)}Z`;
}
