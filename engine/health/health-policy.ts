import type { Value } from "../../grammar/plan.ts";

/** A health policy's arguments as the loop uses them: `workflows/library/senlin-health.coppice` declares them. */
export interface HealthPolicy {
  readonly settledSeconds: number;
  /** One failed look is enough; otherwise all must fail. */
  readonly any: boolean;
  /** Waits for what the cloud tells of its servers, and looks at none by itself. */
  readonly listens: boolean;
  readonly modes: readonly HealthMode[];
  readonly recovery: {
    readonly operation: string | null;
    readonly params: Value;
    readonly deleteTimeout: number;
    readonly forceRecreate: boolean;
  };
}

export type HealthMode =
  | { readonly kind: "NODE_STATUS_POLLING" | "HYPERVISOR_STATUS_POLLING" }
  | { readonly kind: "NODE_STATUS_POLL_URL"; readonly url: UrlLook };

export interface UrlLook {
  /** `{nodename}` stands for the node's name. */
  readonly address: string;
  readonly verify: boolean;
  readonly unreachableIsIll: boolean;
  /** A regular expression; empty matches everything. */
  readonly healthy: string;
  readonly tries: number;
  readonly everyMs: number;
  readonly timeoutMs: number;
}

type Fields = Readonly<Record<string, Value | undefined>>;

/** Reads what was checked as the policy was made; what is left out has Senlin's defaults. */
export function readHealthPolicy(values: Readonly<Record<string, Value>>): HealthPolicy {
  const detection = fieldsOf(values["detection"]);
  const recovery = fieldsOf(values["recovery"]);
  const interval = numberOf(detection["interval"], 60);
  const [action] = listOf(recovery["actions"]).map(fieldsOf);
  const fenced = listOf(recovery["fencing"]).includes("COMPUTE");
  const params = { ...fieldsOf(action?.["params"]), ...(fenced && { fence_compute: true }) };
  return {
    settledSeconds: numberOf(detection["node_update_timeout"], 300),
    any: detection["recovery_conditional"] !== "ALL_FAILED",
    listens: listOf(detection["detection_modes"]).some((mode) => fieldsOf(mode)["type"] === lifecycleEvents),
    modes: listOf(detection["detection_modes"]).flatMap((mode) => modeOf(fieldsOf(mode), interval)),
    recovery: {
      operation: typeof action?.["name"] === "string" ? action["name"] : null,
      params: Object.keys(params).length === 0 ? null : (params as Value),
      deleteTimeout: numberOf(recovery["node_delete_timeout"], 20),
      forceRecreate: recovery["node_force_recreate"] === true,
    },
  };
}

const lifecycleEvents = "LIFECYCLE_EVENTS";

/** Events of the cloud aren't looked for: `heedInstanceEvent` is told of them. */
function modeOf(mode: Fields, interval: number): readonly HealthMode[] {
  const kind = mode["type"];
  if (kind === "NODE_STATUS_POLLING" || kind === "HYPERVISOR_STATUS_POLLING") return [{ kind }];
  if (kind !== "NODE_STATUS_POLL_URL") return [];
  const options = fieldsOf(mode["options"]);
  const healthy = options["poll_url_healthy_response"];
  return [
    {
      kind,
      url: {
        address: String(options["poll_url"] ?? ""),
        verify: options["poll_url_ssl_verify"] !== false,
        unreachableIsIll: options["poll_url_conn_error_as_unhealthy"] !== false,
        healthy: typeof healthy === "string" ? healthy : "",
        tries: Math.max(1, numberOf(options["poll_url_retry_limit"], 3)),
        everyMs: numberOf(options["poll_url_retry_interval"], 3) * 1000,
        timeoutMs: Math.max(1, interval / 10) * 1000,
      },
    },
  ];
}

function fieldsOf(value: Value | undefined): Fields {
  return typeof value === "object" && value !== null && !Array.isArray(value) ? (value as Fields) : {};
}

function listOf(value: Value | undefined): readonly Value[] {
  return Array.isArray(value) ? value : [];
}

function numberOf(value: Value | undefined, otherwise: number): number {
  return typeof value === "number" ? value : otherwise;
}
