import type { Json } from "../../grammar/plan.ts";
import { type Checked, checkProperties } from "../../plugins/sdk/check-values.ts";
import { type OtherKind, operationsOf } from "../../plugins/sdk/kinds.ts";
import type {
  Manifest,
  OperationSchema,
  ProfileTypeSchema,
  PropertySchemas,
} from "../../plugins/sdk/manifest.ts";
import { type CallTarget, targetName } from "./call-target.ts";
import { HostFailure, type PluginCall } from "./plugin-host.ts";

const argumentsAtMost = 1024 * 1024;

const key = { type: "String", required: true, pattern: "[A-Za-z0-9_.-]{1,128}" } as const;
const text = { type: "String", required: true } as const;
const nodeCallSchema: PropertySchemas = {
  key,
  node: {
    type: "Record",
    required: true,
    fields: {
      id: text,
      name: text,
      index: { type: "Int", required: true },
      cluster: text,
      clusterId: { type: "String" },
    },
  },
  physicalId: { type: "String" },
  properties: { type: "Any", required: true },
  arguments: { type: "Any" },
  changes: { type: "Any" },
  forced: { type: "Bool" },
};
const functionCallSchema: PropertySchemas = { key, arguments: { type: "Any", default: {} } };
const batchCallSchema: PropertySchemas = {
  calls: { type: "List", required: true, of: { type: "Any" } },
};

const lock = { name: text, owner: text } as const;
const ttl = { type: "Duration", required: true, minimum: 1000, maximum: 86_400_000 } as const;
const bound: PropertySchemas = {
  key,
  cluster: { type: "Any", required: true },
  nodes: { type: "List", required: true },
  arguments: { type: "Any", default: {} },
};
const recorded: PropertySchemas = { data: { type: "Any" }, gone: { type: "List", default: [] } };
/** What each operation of the other kinds is given, `arguments` apart. */
const otherCallSchemas: Readonly<Record<OtherKind, Readonly<Record<string, PropertySchemas>>>> = {
  policies: {
    decide: {
      ...bound,
      ...recorded,
      phase: { type: "String", required: true, values: ["before", "after"] },
      request: { type: "Any", required: true },
    },
    attach: bound,
    detach: { ...bound, ...recorded },
  },
  sources: { poll: { cursor: { type: "Any" } } },
  notifiers: {
    send: {
      key,
      event: {
        type: "Record",
        required: true,
        fields: {
          name: text,
          level: { type: "String", required: true, values: ["INFO", "WARN", "ERROR"] },
          message: text,
          time: { type: "Int", required: true },
          fields: { type: "Map", default: {} },
        },
      },
      arguments: { type: "Any", default: {} },
    },
  },
  secret_stores: { read: { key: { type: "String", required: true, pattern: "[^\\u0000]{1,1000}" } } },
  coordination: {
    acquire: { ...lock, ttl },
    renew: { ...lock, ttl },
    release: lock,
  },
};

/** A call's argument as the contract and the manifest want it: a checked copy with defaults filled in. */
export function checkCall(manifest: Manifest, q: Pick<PluginCall, "target" | "call">): Json {
  const call = checked(manifest, q.target, q.call);
  const bytes = Buffer.byteLength(JSON.stringify(call));
  if (bytes > argumentsAtMost)
    throw new HostFailure(
      `${manifest.name}.${targetName(q.target)}: arguments of ${bytes} bytes are over the limit of 1 MiB`,
      { code: "bad-arguments", retryable: false },
    );
  return call;
}

function checked(manifest: Manifest, target: CallTarget, given: Json): Record<string, Json> {
  const ok = <T>(result: Checked<T>, of: string): T => {
    if (result.ok) return result.value;
    const said = result.problems.map((p) => `${p.path === "" ? "it" : p.path} ${p.message}`).join("; ");
    throw new HostFailure(`${manifest.name}.${targetName(target)}: ${of}: ${said}`, {
      code: "bad-arguments",
      retryable: false,
    });
  };
  const schema = targetSchema(manifest, target);
  const withArguments = (schemas: PropertySchemas): Record<string, Json> => {
    const base = ok(checkProperties(schemas, given), "call");
    return {
      ...base,
      arguments: ok(checkProperties(schema.arguments ?? {}, base["arguments"] ?? {}), "arguments"),
    };
  };
  switch (target.kind) {
    case "function":
      return withArguments(functionCallSchema);
    case "other": {
      const schemas = otherCallSchemas[target.of][target.operation] ?? {};
      if (schemas["arguments"] !== undefined) {
        const call = withArguments(schemas);
        return schemas["data"] === undefined ? call : { ...call, data: call["data"] ?? null };
      }
      const base = ok(checkProperties(schemas, given), "call");
      return target.of === "sources" ? { ...base, cursor: base["cursor"] ?? null } : base;
    }
    case "batch": {
      const { calls } = ok(checkProperties(batchCallSchema, given), "call") as { calls: readonly Json[] };
      const most = manifest.profiles[target.profile]?.batch?.[target.operation as "create"] ?? 0;
      if (calls.length < 1 || calls.length > most)
        throw new HostFailure(
          `${manifest.name}.${targetName(target)}: ${calls.length} nodes; one call takes 1 to ${most}`,
          { code: "bad-arguments", retryable: false },
        );
      const one: CallTarget = { ...target, kind: "operation" };
      return { calls: calls.map((call) => checked(manifest, one, call)) };
    }
    case "operation": {
      const profile = manifest.profiles[target.profile] as ProfileTypeSchema; // targetSchema found it
      const { changes, forced, ...base } = ok(checkProperties(nodeCallSchema, given), "call");
      const properties = ok(checkProperties(profile.properties, base["properties"]), "properties");
      const call = { ...base, physicalId: base["physicalId"] ?? null, properties };
      if (target.operation === "update")
        return {
          ...call,
          changes: ok(checkProperties(updatable(profile), changes ?? {}, { partial: true }), "changes"),
        };
      const forces = target.operation === "delete" && profile.capabilities?.includes("forced_delete");
      return {
        ...call,
        ...(forces && forced === true ? { forced } : {}),
        arguments: ok(checkProperties(schema.arguments ?? {}, base["arguments"] ?? {}), "arguments"),
      };
    }
  }
}

/** What the manifest says of a target. Throws `HostFailure` when it says nothing. */
export function targetSchema(manifest: Manifest, target: CallTarget): OperationSchema {
  const found = findSchema(manifest, target);
  if (found !== undefined) return found;
  throw new HostFailure(`plugin ${manifest.name} ${manifest.version} has no ${targetName(target)}`, {
    code: "unknown-operation",
    retryable: false,
    help: "see what it offers in its plugin.json",
  });
}

function findSchema(manifest: Manifest, target: CallTarget): OperationSchema | undefined {
  switch (target.kind) {
    case "function":
      return own(manifest.functions, target.function);
    case "operation":
      return own(own(manifest.profiles, target.profile)?.operations ?? {}, target.operation);
    case "batch": {
      const profile = own(manifest.profiles, target.profile);
      return own(profile?.batch ?? {}, target.operation) === undefined
        ? undefined
        : own(profile?.operations ?? {}, target.operation);
    }
    case "other": {
      const thing: OtherThing | undefined = own(manifest[target.of] ?? {}, target.name);
      return thing === undefined || !operationsOf(target.of, thing).includes(target.operation)
        ? undefined
        : { arguments: thing.arguments };
    }
  }
}

interface OtherThing {
  readonly doc?: string | undefined;
  readonly arguments?: PropertySchemas | undefined;
  readonly attaches?: boolean | undefined;
}

function updatable(profile: ProfileTypeSchema): PropertySchemas {
  return Object.fromEntries(
    Object.entries(profile.properties).filter(([, schema]) => schema.updatable === true),
  );
}

function own<T>(record: Readonly<Record<string, T>>, name: string): T | undefined {
  return Object.hasOwn(record, name) ? record[name] : undefined;
}
