import type { Json } from "../../grammar/plan.ts";
import { type ProfileTypeSchema, standardOperations } from "../../plugins/sdk/manifest.ts";
import { CheckFailure, describeFailure } from "./check.ts";
import { sampleValues } from "./sample-values.ts";
import type { ProfileCase } from "./subject.ts";
import type { CallOptions, Outcome, Workbench } from "./workbench.ts";

/** A node that there may be a resource for. */
export interface Place {
  readonly key: string;
  readonly node: {
    readonly id: string;
    readonly name: string;
    readonly index: number;
    readonly cluster: string;
  };
}

export interface Made extends Place {
  readonly physicalId: string;
}

export type More = Readonly<Record<string, Json>>;

/** Works on nodes of one profile type, and keeps book of what it made. */
export class ProfileBench {
  readonly workbench: Workbench;
  readonly profile: string;
  readonly schema: ProfileTypeSchema;
  readonly case: ProfileCase;
  readonly #run = `${process.pid.toString(36)}-${Date.now().toString(36)}`;
  readonly #places: { readonly place: Place; readonly physicalId: string | null }[] = [];
  #count = 0;

  constructor(workbench: Workbench, profile: string, schema: ProfileTypeSchema, given: ProfileCase) {
    this.workbench = workbench;
    this.profile = profile;
    this.schema = schema;
    this.case = given;
  }

  /** A node of its own, with a key that no call had before. */
  fresh(): Place {
    this.#count += 1;
    const index = this.#count;
    const place = {
      key: `${this.#run}.${index}.key`, // so that no key begins another
      node: { id: `node-${this.#run}-${index}`, name: `web-${index}`, index, cluster: "web" },
    };
    this.#places.push({ place, physicalId: null });
    return place;
  }

  /** A resource that has just been created and can be seen. */
  async make(): Promise<Made> {
    const place = this.fresh();
    const made = { ...place, physicalId: physicalIdOf(await this.operate("create", place)) };
    await this.settles(made, "should exist for get", async () => (await this.look(made)).exists);
    return made;
  }

  /** Has `cleanUp` delete a resource that goes by another key or id than it was created with. */
  remember(place: Place, physicalId: string): void {
    this.#places.push({ place, physicalId });
  }

  /** Throws `HostFailure`. */
  async operate(operation: string, place: Place, more: More = {}, options: CallOptions = {}): Promise<Json> {
    const outcome = await this.attempt(operation, place, more, options);
    if (outcome.ok) return outcome.value;
    throw new CheckFailure(`${operation} failed: ${describeFailure(outcome.failure)}`, {
      cause: outcome.failure,
      ...(outcome.failure.help === undefined ? {} : { help: outcome.failure.help }),
    });
  }

  attempt(operation: string, place: Place, more: More = {}, options: CallOptions = {}): Promise<Outcome> {
    const target = { kind: "operation", profile: this.profile, operation } as const;
    return this.workbench.attempt(target, this.callOf(operation, place, more), options);
  }

  /** What a call carries: the arguments of a further operation come from the case, or from its schema. */
  callOf(operation: string, place: Place, more: More = {}): Json {
    const base = { ...placeOf(place), physicalId: null, properties: this.case.properties };
    const standard = (standardOperations as readonly string[]).includes(operation);
    if (standard) return { ...base, ...more };
    // "$physicalId" stands for the resource that the test made, for operations that are told of one
    const values = Object.entries(this.argumentsOf(operation)).map(([name, value]) => [
      name,
      value === "$physicalId" ? (more["physicalId"] ?? null) : value,
    ]);
    return { ...base, arguments: Object.fromEntries(values), ...more };
  }

  argumentsOf(operation: string): Readonly<Record<string, Json>> {
    const given = this.case.operations[operation];
    if (given !== undefined && "arguments" in given) return given.arguments;
    return sampleValues(this.schema.operations[operation]?.arguments ?? {}).values;
  }

  async find(place: Place, options: CallOptions = {}): Promise<string | null> {
    const found = await this.operate("find", place, {}, options);
    return found === null ? null : physicalIdOf(found);
  }

  async look(made: Made): Promise<{ exists: boolean; running: boolean; healthy: boolean; detail?: string }> {
    const seen = await this.operate("get", made, { physicalId: made.physicalId });
    return seen as unknown as { exists: boolean; running: boolean; healthy: boolean; detail?: string };
  }

  /** Operations beyond the standard ones that the case doesn't leave out. */
  furtherOperations(): readonly string[] {
    return Object.keys(this.schema.operations).filter((name) => {
      if ((standardOperations as readonly string[]).includes(name)) return false;
      const given = this.case.operations[name];
      return given === undefined || "arguments" in given;
    });
  }

  /** Waits as long as this profile type may need to show what was done; then fails: `should be found by its key`. */
  async settles(made: Place, should: string, holds: () => Promise<boolean>, within?: number): Promise<void> {
    const patience = within ?? this.case.visibleMs;
    const deadline = performance.now() + patience;
    for (;;) {
      if (await holds()) return;
      if (performance.now() >= deadline) break;
      await new Promise((resolve) => setTimeout(resolve, Math.min(200, Math.max(20, patience / 20))));
    }
    throw new CheckFailure(
      `${made.node.name} ${should}, and that ${patience === 0 ? "at once" : `within ${patience} ms`}`,
    );
  }

  /** Deletes all that was made, the newest first. Failures don't matter: what there was to find was found. */
  async cleanUp(): Promise<void> {
    for (const { place, physicalId } of this.#places.splice(0).reverse())
      await this.attempt("delete", place, { physicalId });
  }
}

/** The part of a place that travels. */
function placeOf({ key, node }: Place): { readonly key: string; readonly node: Place["node"] } {
  return { key, node };
}

/** Of what `create`, `find` or `update` answered; the host has checked it. */
export function physicalIdOf(answer: Json): string {
  return (answer as { readonly physicalId: string }).physicalId;
}
