import type { Host } from "../sdk/host.ts";
import { ask } from "./engine.ts";
import { type ContainerProperties, limits } from "./properties.ts";

/** Gives a running container other limits, without a restart. */
export async function resize(
  host: Host,
  id: string,
  sizes: Pick<Partial<ContainerProperties>, "memory" | "cpus">,
): Promise<void> {
  await ask(
    host,
    "POST",
    `/containers/${id}/update`,
    {
      ok: [200],
      fatal: {
        404: {
          code: "resize-unsupported",
          help: "podman's service has no update; use a Docker engine, or make the node anew with recreate()",
        },
        400: { code: "bad-properties" },
      },
    },
    limits(sizes),
  );
}
