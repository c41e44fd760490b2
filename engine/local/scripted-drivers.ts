import type { Json, Value } from "../../grammar/plan.ts";
import type { PluginSchema } from "../../grammar/plugin-schema.ts";
import type { CallTarget } from "../host/call-target.ts";
import { timeoutFailure } from "../host/failures.ts";
import { HostFailure, type PluginCall, type PluginHost } from "../host/plugin-host.ts";
import type { NodeTry } from "../worker/call-tools.ts";
import type { Clock } from "../worker/clock.ts";
import { defaultResult } from "./default-result.ts";
import { FakeResources } from "./fake-resources.ts";

/** What a driver does when it is called: the first script that fits and has `times` left, one for each kind of effect. */
export interface DriverScript {
  /** Of a function; `null` for an operation on a node. */
  readonly plugin: string | null;
  readonly operation: string;
  /** `null`: on any node. */
  readonly node: { readonly cluster: string; readonly index: number } | null;
  readonly effect:
    | {
        readonly kind: "fails";
        readonly message: string;
        readonly code: string;
        readonly retryable: boolean;
      }
    | { readonly kind: "takes"; readonly milliseconds: number }
    | { readonly kind: "returns"; readonly value: Json };
  /** How often; `null`: always. */
  times: number | null;
}

/** A try that was made, as the program names it. */
export interface DriverCall {
  /** `update`, or `shell.run` for a function. */
  readonly operation: string;
  readonly nodeId: string | null;
  readonly arguments: Readonly<Record<string, Value>>;
  readonly ok: boolean;
  /** When it began: milliseconds since 1970. */
  readonly at: number;
}

/** A try that is about to be made; `nodeId` is `null` for a function. */
export interface DriverTry extends Omit<NodeTry, "nodeId"> {
  readonly nodeId: string | null;
}

/** Drivers that do what they are told, over resources in memory, in the time of a clock. */
export class ScriptedDrivers {
  readonly resources = new FakeResources();
  /** In the order in which they began. */
  readonly calls: DriverCall[] = [];
  readonly scripts: DriverScript[] = [];
  readonly host: Pick<PluginHost, "call"> = { call: (q) => this.#call(q) };
  readonly #clock: Clock;
  /** By hash. */
  readonly #schemas: ReadonlyMap<string, PluginSchema>;
  /** Aliases by hash: a program may name the same plugin twice. */
  readonly #aliases: ReadonlyMap<string, readonly string[]>;
  /** What the program calls, by its call's id and node, while it is under way. */
  readonly #tries = new Map<string, NodeTry>();

  constructor(q: {
    readonly clock: Clock;
    readonly schemas: ReadonlyMap<string, PluginSchema>;
    readonly aliases: ReadonlyMap<string, readonly string[]>;
  }) {
    this.#clock = q.clock;
    this.#schemas = q.schemas;
    this.#aliases = q.aliases;
  }

  /** Has a say before each try of an operation on a node, and each call of a function: what it gives fails it. */
  fault: (q: DriverTry) => HostFailure | null | Promise<HostFailure | null> = () => null;

  /** For `DriverTools.aroundTry`: scripts on `recreate` and `check` fit here, where the driver's own calls have other names. */
  readonly aroundTry = async <T>(q: NodeTry, work: () => Promise<T>): Promise<T> => {
    const place = `${q.callId} ${q.nodeId}`;
    this.#tries.set(place, q);
    const noted = this.#note({ operation: q.operation, nodeId: q.nodeId, arguments: q.arguments });
    try {
      const fault = await this.fault(q);
      if (fault !== null) throw fault;
      if (composed.has(q.operation)) await this.#play(q, null, q.operation, this.whereIs(q.nodeId));
      const result = await work();
      noted(true);
      return result;
    } catch (error) {
      noted(false);
      throw error;
    } finally {
      this.#tries.delete(place);
    }
  };

  /** Where a node is, for scripts that name one. Set by whoever knows the records. */
  whereIs: (nodeId: string) => DriverScript["node"] = () => null;

  async #call(q: PluginCall): Promise<Json> {
    if (q.target.kind === "function") return await this.#function(q, q.target.function);
    if (q.target.kind === "other" && q.target.of === "policies") return await this.#policy(q, q.target);
    if (q.target.kind === "other" && q.target.of === "coordination")
      return q.target.operation === "release" ? null : { held: true };
    if (q.target.kind === "other" && q.target.of === "notifiers") {
      await this.#apart(q, q.target.name, q.target.name);
      return null;
    }
    if (q.target.kind !== "operation") throw new Error(`nothing calls ${q.target.kind} in a test`);
    const { operation, profile } = q.target;
    const call = q.call as unknown as NodeCallPart; // made by callDriver
    const played = await this.#playOn(q, operation, call.node, `${profile}.${operation}`);
    const schema = this.#schemas.get(q.pluginHash)?.profiles[profile]?.operations[operation];
    const value = this.resources.call(operation, call);
    return played ?? (value === undefined ? defaultResult(schema?.result) : value);
  }

  /** A `check` is a driver's `get`, which is scripted only where the program looks itself, as in `wait until`. */
  async #playOn(q: PluginCall, operation: string, node: NodeCallPart["node"], shown: string) {
    if (operation === "find") return undefined;
    if (operation !== "get") return await this.#play(q, null, operation, node, shown);
    const within = this.#tries.has(`${q.origin.callId} ${node.id}`);
    return within ? undefined : await this.#play(q, null, "check", node, shown);
  }

  async #function(q: PluginCall, name: string): Promise<Json> {
    const played = await this.#apart(q, name, name);
    return played ?? defaultResult(this.#schemas.get(q.pluginHash)?.functions[name]?.result);
  }

  /** A policy type that nobody told anything has nothing against anything; `detach` gives nothing. */
  async #policy(q: PluginCall, { name, operation }: CallTarget & { kind: "other" }): Promise<Json> {
    const shown = operation === "decide" ? name : `${name}.${operation}`;
    const played = operation === "decide" ? await this.#apart(q, name, shown) : this.#noted(q, shown)(true);
    return operation === "detach" ? null : withoutAbsent(played ?? {});
  }

  /** What scripts say of something that belongs to no node; the call is noted. */
  async #apart(q: PluginCall, name: string, shown: string): Promise<Json | undefined> {
    const noted = this.#noted(q, shown);
    try {
      const fault = await this.fault({
        callId: q.origin.callId,
        operation: name,
        nodeId: null,
        arguments: (q.call as { readonly arguments: Readonly<Record<string, Value>> }).arguments,
        timeoutMs: q.timeoutMs,
      });
      if (fault !== null) throw fault;
      const played = await this.#play(q, this.#aliases.get(q.pluginHash) ?? [], name, null, name);
      noted(true);
      return played;
    } catch (error) {
      noted(false);
      throw error;
    }
  }

  #noted(q: PluginCall, shown: string): (ok: boolean) => undefined {
    const { arguments: given } = q.call as { readonly arguments: Readonly<Record<string, Value>> };
    const aliases = this.#aliases.get(q.pluginHash) ?? [];
    const alias =
      aliases.length === 1 ? aliases[0]! : (aliases.find((a) => this.#told(a, shown)) ?? aliases[0]);
    return this.#note({ operation: `${alias}.${shown}`, nodeId: null, arguments: given });
  }

  #told(alias: string, name: string): boolean {
    return this.scripts.some((script) => script.plugin === alias && script.operation === name);
  }

  /** Takes its time, fails, or gives the value that scripts say; `undefined` when none says any. */
  async #play(
    q: { readonly timeoutMs: number; readonly signal?: AbortSignal },
    aliases: readonly string[] | null,
    operation: string,
    node: { readonly cluster: string; readonly index: number } | null,
    shown = operation,
  ): Promise<Json | undefined> {
    const next = <Kind extends DriverScript["effect"]["kind"]>(kind: Kind) => {
      const found = this.scripts.find(
        (script) =>
          script.effect.kind === kind &&
          script.operation === operation &&
          (script.plugin === null ? aliases === null : aliases?.includes(script.plugin) === true) &&
          (script.times === null || script.times > 0) &&
          (script.node === null ||
            (script.node.cluster === node?.cluster && script.node.index === node.index)),
      );
      if (found !== undefined && found.times !== null) found.times -= 1;
      return found?.effect as Extract<DriverScript["effect"], { kind: Kind }> | undefined;
    };
    const takes = next("takes")?.milliseconds ?? 0;
    if (takes > 0) await this.#clock.sleep(Math.min(takes, q.timeoutMs), q.signal);
    if (q.signal?.aborted === true)
      throw new HostFailure(`${shown} was cancelled`, { code: "cancelled", retryable: false });
    if (takes > q.timeoutMs) throw timeoutFailure(shown, q.timeoutMs);
    const fails = next("fails");
    if (fails !== undefined) {
      const { message, code, retryable } = fails;
      throw new HostFailure(message, { code, retryable });
    }
    return next("returns")?.value;
  }

  #note(call: Pick<DriverCall, "operation" | "nodeId" | "arguments">): (ok: boolean) => undefined {
    const index = this.calls.length;
    const at = this.#clock.now();
    this.calls.push({ ...call, ok: false, at });
    return (ok) => {
      this.calls[index] = { ...call, ok, at };
      return undefined;
    };
  }
}

/** A record of the language says `none` where a decision leaves something out. */
function withoutAbsent(value: Json): Json {
  if (value === null || typeof value !== "object" || Array.isArray(value)) return value;
  return Object.fromEntries(Object.entries(value).filter(([, field]) => field !== null));
}

/** Operations that the engine makes from others: no driver has one of that name. */
const composed: ReadonlySet<string> = new Set(["check", "recreate", "converge", "scale_vertically"]);

interface NodeCallPart {
  readonly key: string;
  readonly node: { readonly id: string; readonly index: number; readonly cluster: string };
  readonly physicalId: string | null;
  readonly properties: Readonly<Record<string, Json>>;
}
