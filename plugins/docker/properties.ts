import type { Json } from "../sdk/driver.ts";

/** The profile type's properties, as the manifest has them. Sizes are bytes, durations milliseconds. */
export interface ContainerProperties {
  readonly image: string;
  readonly command: readonly string[];
  readonly environment: Readonly<Record<string, string>>;
  readonly memory?: number;
  readonly cpus?: number;
  readonly labels: Readonly<Record<string, string>>;
  readonly network: string;
  readonly health_check?: {
    readonly command: readonly string[];
    readonly every: number;
    readonly timeout: number;
    readonly retries: number;
    readonly start_period: number;
  };
  readonly stop_timeout: number;
}

const nanoseconds = 1e6;

/** The body of `POST /containers/create`. */
export function createBody(
  p: ContainerProperties,
  labels: Readonly<Record<string, string>>,
  hostname: string,
): Json {
  const check = p.health_check;
  return {
    Image: p.image,
    ...(p.network === "host" ? {} : { Hostname: hostname }),
    ...(p.command.length === 0 ? {} : { Cmd: p.command }),
    Env: Object.entries(p.environment).map(([name, value]) => `${name}=${value}`),
    Labels: { ...p.labels, ...labels },
    StopTimeout: Math.ceil(p.stop_timeout / 1000),
    ...(check === undefined
      ? {}
      : {
          Healthcheck: {
            Test: ["CMD", ...check.command],
            Interval: check.every * nanoseconds,
            Timeout: check.timeout * nanoseconds,
            Retries: check.retries,
            StartPeriod: check.start_period * nanoseconds,
          },
        }),
    HostConfig: {
      NetworkMode: p.network,
      RestartPolicy: { Name: "no" },
      // podman without CAP_SYS_RESOURCE refuses its own defaults
      Ulimits: ["nofile", "nproc"].map((Name) => ({ Name, Soft: 1024, Hard: 4096 })),
      ...limits(p),
    },
  };
}

/** Memory and CPU limits, as `create` and `update` both take them. No swap beyond the memory. */
export function limits(p: Pick<ContainerProperties, "memory" | "cpus">): { readonly [key: string]: Json } {
  return {
    ...(p.memory === undefined ? {} : { Memory: p.memory, MemorySwap: p.memory }),
    ...(p.cpus === undefined ? {} : { NanoCpus: Math.round(p.cpus * 1e9) }),
  };
}
