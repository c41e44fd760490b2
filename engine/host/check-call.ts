import type { Json } from "../../grammar/plan.ts";
import { type Checked, checkProperties, checkValue } from "../../plugins/sdk/check-values.ts";
import type {
  Manifest,
  OperationSchema,
  ProfileTypeSchema,
  PropertySchemas,
} from "../../plugins/sdk/manifest.ts";
import { standardOperations } from "../../plugins/sdk/manifest.ts";
import { HostFailure, type PluginCall } from "./plugin-host.ts";

const argumentsAtMost = 1024 * 1024;

const nodeCallSchema: PropertySchemas = {
  key: { type: "String", required: true, pattern: "[A-Za-z0-9_.-]{1,128}" },
  node: {
    type: "Record",
    required: true,
    fields: {
      id: { type: "String", required: true },
      name: { type: "String", required: true },
      index: { type: "Int", required: true },
      cluster: { type: "String", required: true },
    },
  },
  physicalId: { type: "String" },
  properties: { type: "Any", required: true },
  arguments: { type: "Any" },
  changes: { type: "Any" },
};
const functionCallSchema: PropertySchemas = {
  key: { type: "String", required: true, pattern: "[A-Za-z0-9_.-]{1,128}" },
  arguments: { type: "Any", default: {} },
};
const created: PropertySchemas = {
  physicalId: { type: "String", required: true, pattern: "[^\\u0000]{1,255}" },
};
const observed: PropertySchemas = {
  exists: { type: "Bool", required: true },
  running: { type: "Bool", required: true },
  healthy: { type: "Bool", required: true },
  detail: { type: "String" },
};

/** A call's argument as the contract and the manifest want it: a checked copy with defaults filled in. */
export function checkCall(manifest: Manifest, q: Pick<PluginCall, "target" | "call">): Json {
  const name = targetName(q.target);
  const ok = <T>(checked: Checked<T>, of: string): T => {
    if (checked.ok) return checked.value;
    const said = checked.problems.map((p) => `${p.path === "" ? "it" : p.path} ${p.message}`).join("; ");
    throw new HostFailure(`${manifest.name}.${name}: ${of}: ${said}`, {
      code: "bad-arguments",
      retryable: false,
    });
  };
  const schema = operationSchema(manifest, q.target);
  let call: Record<string, Json>;
  if (q.target.kind === "function") {
    const base = ok(checkProperties(functionCallSchema, q.call), "call");
    call = {
      ...base,
      arguments: ok(checkProperties(schema.arguments ?? {}, base["arguments"]), "arguments"),
    };
  } else {
    const profile = manifest.profiles[q.target.profile] as ProfileTypeSchema;
    const { changes, ...base } = ok(checkProperties(nodeCallSchema, q.call), "call");
    const properties = ok(checkProperties(profile.properties, base["properties"]), "properties");
    call = { ...base, physicalId: base["physicalId"] ?? null, properties };
    if (q.target.operation === "update")
      call = {
        ...call,
        changes: ok(checkProperties(updatable(profile), changes ?? {}, { partial: true }), "changes"),
      };
    else
      call = {
        ...call,
        arguments: ok(checkProperties(schema.arguments ?? {}, base["arguments"] ?? {}), "arguments"),
      };
  }
  const bytes = Buffer.byteLength(JSON.stringify(call));
  if (bytes > argumentsAtMost)
    throw new HostFailure(
      `${manifest.name}.${name}: arguments of ${bytes} bytes are over the limit of 1 MiB`,
      {
        code: "bad-arguments",
        retryable: false,
      },
    );
  return call;
}

/** A result as the contract and the manifest promise it; anything else is the plugin's bug. */
export function checkResult(manifest: Manifest, target: PluginCall["target"], value: unknown): Json {
  const checked = resultOf(manifest, target, value);
  if (checked.ok) return checked.value;
  const said = checked.problems.map((p) => `${p.path} ${p.message}`).join("; ");
  throw new HostFailure(
    `bug in plugin ${manifest.name} ${manifest.version}: ${targetName(target)} returned what its manifest doesn't say: ${said}`,
    {
      code: "plugin-bug",
      retryable: false,
      help: "tell the plugin's author",
    },
  );
}

/** `container.create`, or a function's name. */
export function targetName(target: PluginCall["target"]): string {
  return target.kind === "function" ? target.function : `${target.profile}.${target.operation}`;
}

function operationSchema(manifest: Manifest, target: PluginCall["target"]): OperationSchema {
  const found =
    target.kind === "function"
      ? own(manifest.functions, target.function)
      : own(own(manifest.profiles, target.profile)?.operations ?? {}, target.operation);
  if (found !== undefined) return found;
  throw new HostFailure(`plugin ${manifest.name} ${manifest.version} has no ${targetName(target)}`, {
    code: "unknown-operation",
    retryable: false,
    help: "see what it offers in its plugin.json",
  });
}

function resultOf(manifest: Manifest, target: PluginCall["target"], value: unknown): Checked<Json> {
  const record = (schemas: PropertySchemas) => checkProperties(schemas, value) as Checked<Json>;
  const operation = target.kind === "operation" ? target.operation : "";
  if ((standardOperations as readonly string[]).includes(operation)) {
    if (operation === "create") return record(created);
    if (operation === "get") return record(observed);
    if (operation === "delete" || value === null) return nothing(value);
    return record(created);
  }
  const schema = operationSchema(manifest, target).result;
  return schema === undefined ? nothing(value) : checkValue(schema, value, "result");
}

function nothing(value: unknown): Checked<Json> {
  if (value === null) return { ok: true, value: null };
  return { ok: false, problems: [{ path: "result", message: "is there, and there should be none" }] };
}

function updatable(profile: ProfileTypeSchema): PropertySchemas {
  return Object.fromEntries(
    Object.entries(profile.properties).filter(([, schema]) => schema.updatable === true),
  );
}

function own<T>(record: Readonly<Record<string, T>>, name: string): T | undefined {
  return Object.hasOwn(record, name) ? record[name] : undefined;
}
