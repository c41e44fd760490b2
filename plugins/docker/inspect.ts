import type { Host } from "../sdk/host.ts";
import { ask } from "./engine.ts";
import { keyLabel } from "./names.ts";

/** What the engine says of a container. */
export interface ContainerState {
  /** The image as it was named at creation. */
  readonly image: string;
  /** `running`, `paused`, `exited`, `created` … */
  readonly status: string;
  /** By its health check; `true` without one. */
  readonly healthy: boolean;
  /** For people: `exited with code 137 (out of memory)`. */
  readonly detail: string;
}

interface Inspection {
  readonly Config: { readonly Image: string };
  readonly State: {
    readonly Status: string;
    readonly ExitCode: number;
    readonly OOMKilled: boolean;
    readonly Error?: string;
    readonly Health?: {
      readonly Status?: string;
      readonly Log?: readonly { readonly Output?: string }[] | null;
    } | null;
  };
}

/** Looks at a container by id; `null` when there is none. */
export async function inspect(host: Host, id: string): Promise<ContainerState | null> {
  const answer = await ask(host, "GET", `/containers/${id}/json`, { ok: [200, 404] });
  if (answer.status === 404) return null;
  const { Config, State } = answer.json as unknown as Inspection;
  const check = State.Health?.Status ?? "";
  const checked = check !== "" && check !== "none";
  return {
    image: Config.Image,
    status: State.Status,
    healthy: !checked || check === "healthy",
    detail: describe(State, checked ? check : ""),
  };
}

function describe(state: Inspection["State"], check: string): string {
  if (state.Status === "running") {
    const last = state.Health?.Log?.at(-1)?.Output?.trim().slice(0, 200) ?? "";
    return check === "unhealthy" && last !== "" ? `unhealthy: ${last}` : check || "running";
  }
  if (state.Status !== "exited") return state.Error ? `${state.Status}: ${state.Error}` : state.Status;
  return `exited with code ${state.ExitCode}${state.OOMKilled ? " (out of memory)" : ""}`;
}

/** The id of the container that a call with this key made. */
export async function findByKey(host: Host, key: string): Promise<string | null> {
  const filters = encodeURIComponent(JSON.stringify({ label: [`${keyLabel}=${key}`] }));
  const answer = await ask(host, "GET", `/containers/json?all=1&filters=${filters}`, { ok: [200] });
  return (answer.json as { Id: string }[])[0]?.Id ?? null;
}
