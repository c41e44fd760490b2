import type { Json } from "../../grammar/plan.ts";
import { HostFailure } from "../host/plugin-host.ts";

/** What stands for a server or a container: made by `create`, gone by `delete`. */
interface Resource {
  running: boolean;
  healthy: boolean;
  /** Whatever is done to it, it isn't well. */
  readonly broken?: boolean;
}

interface ResourceCall {
  readonly key: string;
  readonly physicalId: string | null;
}

/** The resources behind fake drivers. They start healthy; a sick one is healthy again after its next operation, a broken one never. */
export class FakeResources {
  readonly #resources = new Map<string, Resource>();
  readonly #byKey = new Map<string, string>();
  #made = 0;

  /** A resource that runs, as `create` with this key makes it; its id. */
  add(key: string): string {
    do this.#made += 1;
    while (this.#resources.has(`fake-${this.#made}`)); // adopted
    const id = `fake-${this.#made}`;
    this.#resources.set(id, { running: true, healthy: true });
    this.#byKey.set(key, id);
    return id;
  }

  /** A resource that is there already, under an id of its own. */
  adopt(id: string, healthy: boolean): void {
    this.#resources.set(id, { running: true, healthy });
  }

  /** The resource is there and not well. */
  sicken(id: string): void {
    const found = this.#resources.get(id);
    if (found !== undefined) found.healthy = false;
  }

  /** The resource is there and not well, and stays so. */
  break(id: string): void {
    const found = this.#resources.get(id);
    if (found !== undefined) this.#resources.set(id, { ...found, healthy: false, broken: true });
  }

  /** The resource is gone, behind the engine's back. */
  lose(id: string): void {
    this.#resources.delete(id);
  }

  /** Does a driver's operation; `undefined` for one whose result only its manifest knows. Throws `HostFailure`. */
  call(operation: string, q: ResourceCall): Json | undefined {
    switch (operation) {
      case "create":
        return { physicalId: this.#find(q.key) ?? this.add(q.key) };
      case "find": {
        const physicalId = this.#find(q.key);
        return physicalId === undefined ? null : { physicalId };
      }
      case "get":
        return this.#observe(q.physicalId);
      case "delete":
        if (q.physicalId !== null) this.#resources.delete(q.physicalId);
        return null;
      case "update":
        this.#change(operation, q.physicalId);
        return null;
      default:
        this.#change(operation, q.physicalId).running = !stopping.test(operation);
        return undefined;
    }
  }

  #find(key: string): string | undefined {
    const id = this.#byKey.get(key);
    return id !== undefined && this.#resources.has(id) ? id : undefined;
  }

  #observe(id: string | null): Json {
    const found = id === null ? undefined : this.#resources.get(id);
    if (found === undefined) return { exists: false, running: false, healthy: false };
    return { exists: true, running: found.running, healthy: found.running && found.healthy };
  }

  #change(operation: string, id: string | null): Resource {
    const found = id === null ? undefined : this.#resources.get(id);
    if (found === undefined) {
      const message = `${operation}: the resource does not exist`;
      throw new HostFailure(message, { code: "no-such-resource", retryable: false });
    }
    found.healthy = found.broken !== true;
    return found;
  }
}

/** After these a resource doesn't run. */
const stopping = /^(stop|pause|suspend|shelve|shutdown|power_off|shut_down)$/;
