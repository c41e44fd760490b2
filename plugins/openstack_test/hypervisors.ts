import type { Host } from "../sdk/host.ts";
import { draw } from "./ids.ts";
import { recent } from "./recent.ts";
import { notFound, recordsOf } from "./records.ts";
import { groupPolicy } from "./server-groups.ts";
import { type Hypervisor, settingsOf } from "./settings.ts";

type State = Pick<Hypervisor, "state" | "status">;

const states = recordsOf<State>("hypervisor");
const switched = recent((host) => states.list(host));

/** The hypervisors of the settings, as `setHypervisor` left them. */
export async function hypervisors(host: Host): Promise<readonly Hypervisor[]> {
  const changed = new Map((await switched.get(host)).map(({ id, record }) => [id, record]));
  return settingsOf(host).hypervisors.map((each) => ({ ...each, ...changed.get(each.name) }));
}

export async function setHypervisor(host: Host, name: string, state: State): Promise<void> {
  if (!settingsOf(host).hypervisors.some((each) => each.name === name)) throw notFound("hypervisor", name);
  await states.write(host, name, state);
  switched.set(await states.list(host));
}

/**
 * Where a new server goes: to a hypervisor of its zone that works, else to any. Members of a server group with affinity
 * share one, others are spread by index. No server is refused for want of a host: this cloud takes everything.
 */
export async function hostFor(
  host: Host,
  q: { readonly zone: string; readonly group?: string; readonly index: number; readonly not?: string },
): Promise<string> {
  const all = (await hypervisors(host)).filter((each) => each.name !== q.not);
  const working = all.filter((each) => each.state === "up" && each.status === "enabled");
  const near = working.filter((each) => each.zone === q.zone);
  const choice = [near, working, all].find((each) => each.length > 0) ?? [];
  const policy = q.group === undefined ? undefined : await groupPolicy(host, q.group);
  const together = policy === "affinity" || policy === "soft-affinity";
  const place = together
    ? Math.floor(draw(q.group ?? "") * choice.length)
    : Math.abs(q.index) % choice.length;
  return choice[place]?.name ?? "host1";
}
