import { type Accepted, accepted } from "../sdk/accepted.ts";
import {
  type AcceptedCallOf,
  type BatchDriver,
  type Created,
  type DeleteCall,
  DriverError,
  type NodeCall,
  type Observed,
  type ProfileDriver,
} from "../sdk/driver.ts";
import { each } from "../sdk/each.ts";
import type { Host } from "../sdk/host.ts";
import { failureOf, withFaults } from "./faults.ts";
import { idOf } from "./ids.ts";
import type { Records } from "./records.ts";
import { settingsOf } from "./settings.ts";

/** What a server, a stack and a container have in common. Times are milliseconds since 1970. */
export interface Resource {
  readonly name: string;
  /** The node's name. */
  readonly node: string;
  readonly status: string;
  readonly createdAt: number;
  readonly updatedAt: number;
  /** When it is ready, for one that takes its time. */
  readonly readyAt?: number;
  /** Nobody wants it any more, though it isn't ready yet. */
  readonly unwanted?: boolean;
  /** When its deletion ends. */
  readonly goneAt?: number;
}

/** How one kind of resource differs from the others. */
export interface ResourceKind<Properties, R extends Resource> {
  readonly records: Records<R>;
  readonly building: string;
  readonly ready: string;
  /** The resource as it is when it's ready. */
  make(host: Host, call: NodeCall<Properties>): Promise<R>;
  /** Milliseconds that its creation and deletion take, the settings apart. */
  waits(properties: Properties): number;
  isHealthy(status: string): boolean;
  /** What an update comes to; throws `DriverError` where it can't be made. */
  update(record: R, call: NodeCall<Properties> & { readonly changes: Partial<Properties> }): Partial<R>;
}

/** The standard operations, each of which may be repeated with its key: the key is in the resource's id. */
export function resourceDriver<P, R extends Resource>(
  q: ResourceKind<P, R>,
): ProfileDriver<P> & { readonly batch: BatchDriver<P> } {
  const { records } = q;
  const idOfCall = async (call: NodeCall<P>) => call.physicalId ?? (await idOf(call.key));
  const isVisible = (host: Host, found: R | null): found is R =>
    found !== null && Date.now() - found.createdAt >= settingsOf(host).visible_after;

  /** The resource if it has been building for long enough, else that it still is. */
  const finish = async (host: Host, call: NodeCall<P>, physicalId: string): Promise<Created | Accepted> => {
    const found = await records.read(host, physicalId);
    if (found === null || found.unwanted === true) {
      await records.remove(host, physicalId);
      throw new DriverError(`the creation of ${call.node.name} was cancelled`, {
        code: "cancelled",
        retryable: false,
      });
    }
    const left = (found.readyAt ?? 0) - Date.now();
    if (left > 0) return accepted({ token: null, after: soon(left) });
    if (found.status === q.building)
      await records.change(host, physicalId, () => ({ status: q.ready }) as Partial<R>);
    return { physicalId };
  };

  const create = (host: Host, call: NodeCall<P>) =>
    withFaults(host, "create", call, async (): Promise<Created | Accepted> => {
      const id = await idOf(call.key);
      const made = await q.make(host, call);
      const takes = settingsOf(host).takes + q.waits(call.properties);
      if (takes === 0) {
        await records.add(host, id, made);
        return { physicalId: id };
      }
      await records.add(host, id, { ...made, status: q.building, readyAt: Date.now() + takes });
      return await finish(host, call, id);
    });

  const find = (host: Host, call: NodeCall<P>) =>
    withFaults(host, "find", call, async (): Promise<Created | null> => {
      const id = await idOf(call.key);
      return isVisible(host, await records.read(host, id)) ? { physicalId: id } : null;
    });

  const get = (host: Host, call: NodeCall<P>) =>
    withFaults(host, "get", call, async (): Promise<Observed> => {
      const found = call.physicalId === null ? null : await records.read(host, call.physicalId);
      if (!isVisible(host, found)) return { exists: false, running: false, healthy: false };
      if (found.goneAt !== undefined)
        return { exists: true, running: false, healthy: false, detail: "being deleted" };
      const running = q.isHealthy(found.status);
      const asked = running ? await failureOf(host, "health", call.node.index) : undefined;
      return {
        exists: true,
        running,
        healthy: running && asked === undefined,
        detail: asked?.message ?? found.status,
      };
    });

  const remove = (host: Host, call: DeleteCall<P>) =>
    withFaults(host, call.forced ? "force_delete" : "delete", call, async () => {
      const id = await idOfCall(call);
      const takes = settingsOf(host).takes + q.waits(call.properties);
      if (takes === 0 || call.forced || (await records.read(host, id)) === null) {
        await records.remove(host, id);
        return undefined;
      }
      const { goneAt } = await records.change(
        host,
        id,
        (before) => ({ goneAt: before.goneAt ?? Date.now() + takes }) as Partial<R>,
      );
      return accepted({ token: { goneAt: goneAt ?? 0 }, after: soon(takes) });
    });

  const update = (host: Host, call: NodeCall<P> & { readonly changes: Partial<P> }) =>
    withFaults(host, "update", call, async () => {
      const id = await idOfCall(call);
      await records.change(host, id, (before) => ({ ...q.update(before, call), updatedAt: Date.now() }));
    });

  return {
    create,
    find,
    get,
    delete: remove,
    update,
    async poll(host, call: AcceptedCallOf<NodeCall<P>>) {
      const id = await idOfCall(call);
      if (call.operation === "create") return await finish(host, call, id);
      const { goneAt } = call.token as { readonly goneAt: number };
      const left = goneAt - Date.now();
      if (left > 0) return accepted({ token: call.token, after: soon(left) });
      await records.remove(host, id);
      return undefined;
    },
    // a creation ends early; a deletion goes on
    async cancel(host, call: AcceptedCallOf<NodeCall<P>>) {
      const id = await idOf(call.key);
      if (call.operation !== "create" || (await records.read(host, id))?.status !== q.building) return;
      await records.change(host, id, () => ({ unwanted: true }) as Partial<R>);
    },
    batch: {
      create: (host, calls) => each(calls, (call) => create(host, call)),
      find: (host, calls) => each(calls, (call) => find(host, call)),
      get: (host, calls) => each(calls, (call) => get(host, call)),
      delete: (host, calls) => each(calls, async (call) => (await remove(host, call)) ?? null),
      update: (host, calls) => each(calls, async (call) => (await update(host, call)) ?? null),
    },
  };

  function soon(left: number): number {
    return Math.min(Math.max(left, 20), 2000);
  }
}

/** A status that an operation needs and the resource hasn't. */
export function wrongStatus(q: {
  readonly what: string;
  readonly is: string;
  readonly operation: string;
  readonly needs: readonly string[];
}): DriverError {
  return new DriverError(`${q.what} is ${q.is}; ${q.operation} needs ${q.needs.join(" or ")}`, {
    code: "wrong-status",
    retryable: false,
  });
}
