import { suggest } from "../../grammar/diagnostics/suggest.ts";
import { readNumber } from "../../grammar/parse/number-literal.ts";
import type { Json } from "../../grammar/plan.ts";
import { operationsOf, otherKinds } from "../../plugins/sdk/kinds.ts";
import {
  type Manifest,
  type PropertySchema,
  type PropertySchemas,
  standardOperations,
} from "../../plugins/sdk/manifest.ts";
import { sampleValues } from "../conformance/sample-values.ts";
import type { CallTarget } from "../host/call-target.ts";
import { PluginError } from "../host/plugin-error.ts";

/** What somebody wants to call, as they wrote it. */
export interface WrittenTrial {
  /** `box.create`, `create` where there is one profile type, `notices`, `mailbox.send`. */
  readonly operation: string;
  /** `content=plums` */
  readonly arguments: readonly string[];
}

/** What a playground remembers between two calls, by key: what was made, and from what. */
export type Remembered = Map<string, { readonly physicalId: string | null; readonly properties: Values }>;

type Values = Readonly<Record<string, Json>>;

/** The call that a person meant. Throws `PluginError` that says what there is. */
export function readTrial(
  manifest: Manifest,
  written: WrittenTrial,
  made: Remembered,
): { readonly target: CallTarget; readonly call: Json; readonly key: string } {
  const target = targetOf(manifest, written.operation);
  const given = new Map(written.arguments.map(nameAndText));
  const take = (name: string, otherwise: string): string => {
    const text = given.get(name) ?? otherwise;
    given.delete(name);
    return text;
  };
  const key = take("key", "try-1");
  const call = callOf(manifest, target, { key, given, take, made });
  const [unknown] = given.keys();
  if (unknown !== undefined) throw strange(manifest, target, unknown);
  return { target, call, key };
}

/** All that can be called: `box.create`, `notices`, `mailbox.send`. */
export function callable(manifest: Manifest): readonly string[] {
  return [
    ...Object.entries(manifest.profiles).flatMap(([type, { operations }]) =>
      Object.keys(operations).map((operation) => `${type}.${operation}`),
    ),
    ...Object.keys(manifest.functions),
    ...otherKinds.flatMap((kind) =>
      Object.entries(manifest[kind] ?? {}).flatMap(([name, thing]) =>
        operationsOf(kind, thing).map((each) => `${name}.${each}`),
      ),
    ),
  ];
}

/** Each of them with what it takes: `box.create content=… litres=…`. */
export function usages(manifest: Manifest): readonly string[] {
  return callable(manifest).map((name) => {
    const target = targetOf(manifest, name);
    const taken = Object.keys(schemasOf(manifest, target)).map((each) => ` ${each}=…`);
    return `${name}${taken.join("")}`;
  });
}

function schemasOf(manifest: Manifest, target: CallTarget): PropertySchemas {
  if (target.kind === "function") return manifest.functions[target.function]?.arguments ?? {};
  if (target.kind === "other") return argumentsOfKind(manifest, target);
  const profile = manifest.profiles[target.profile];
  return { ...profile?.properties, ...profile?.operations[target.operation]?.arguments };
}

function argumentsOfKind(manifest: Manifest, target: CallTarget & { kind: "other" }): PropertySchemas {
  const thing = manifest[target.of]?.[target.name] as { arguments?: PropertySchemas } | undefined;
  return thing?.arguments ?? {};
}

function targetOf(manifest: Manifest, operation: string): CallTarget {
  const names = callable(manifest);
  const name = names.includes(operation)
    ? operation
    : onlyOne(names.filter((each) => each.endsWith(`.${operation}`)));
  if (name === undefined) {
    const near = suggest(operation, names);
    throw new PluginError(
      `${manifest.name} has no ${operation}${near === undefined ? "" : `; did you mean ${near}?`}`,
      {
        code: "unknown-operation",
        help: `it offers: ${names.join(", ")}`,
      },
    );
  }
  const [first = "", second] = name.split(".");
  if (second === undefined) return { kind: "function", function: first };
  if (manifest.profiles[first] !== undefined) return { kind: "operation", profile: first, operation: second };
  const kind = otherKinds.find((each) => manifest[each]?.[first] !== undefined) ?? "policies"; // callable() listed it
  return { kind: "other", of: kind, name: first, operation: second };
}

interface Reading {
  readonly key: string;
  readonly given: Map<string, string>;
  readonly take: (name: string, otherwise: string) => string;
  readonly made: Remembered;
}

function callOf(manifest: Manifest, target: CallTarget, reading: Reading): Json {
  const { key, given, take } = reading;
  const values = (schemas: PropertySchemas) => takeValues(schemas, given);
  if (target.kind === "function")
    return { key, arguments: values(manifest.functions[target.function]?.arguments ?? {}) };
  if (target.kind === "other") return otherCall(manifest, target, reading);
  const profile = manifest.profiles[target.profile];
  const node = take("node", "1");
  const index = Number(node);
  if (!Number.isInteger(index) || index < 1)
    throw new PluginError(`node=${node}: write the node's number, from 1 on`, { code: "bad-arguments" });
  const physicalId = take("physical_id", reading.made.get(key)?.physicalId ?? "");
  const operation = profile?.operations[target.operation];
  const further = !(standardOperations as readonly string[]).includes(target.operation);
  const base = {
    key,
    node: { id: `try-${index}`, name: `try-${index}`, index, cluster: "try" },
    physicalId: physicalId === "" ? null : physicalId,
  };
  const args = further ? { arguments: values(operation?.arguments ?? {}) } : {};
  const named = values(profile?.properties ?? {});
  const samples = sampleValues(profile?.properties ?? {}).values;
  const properties = { ...samples, ...reading.made.get(key)?.properties, ...named };
  if (target.operation !== "update") return { ...base, properties, ...args };
  const changes = Object.fromEntries(
    Object.entries(named).filter(([name]) => profile?.properties[name]?.updatable === true),
  );
  return { ...base, properties, changes };
}

function otherCall(manifest: Manifest, target: CallTarget & { kind: "other" }, reading: Reading): Json {
  const { key, given, take } = reading;
  const values = takeValues(argumentsOfKind(manifest, target), given);
  switch (target.of) {
    case "policies": {
      const size = Number(take("size", "3"));
      const nodes = Array.from({ length: size }, (_, i) => ({
        id: `node-${i + 1}`,
        name: `try-${i + 1}`,
        index: i + 1,
        physical_id: `resource-${i + 1}`,
        status: "ACTIVE",
        healthy: true,
        created_at: 1_700_000_000_000 + i * 60_000,
        properties: {},
        data: null,
      }));
      const cluster = { id: "try", name: "try", size, minimum: 0, maximum: null, labels: {} };
      const attached = { key, cluster, nodes, arguments: values };
      if (target.operation === "attach") return attached;
      const kept = { data: JSON.parse(take("data", "null")) as Json, gone: [] };
      if (target.operation === "detach") return { ...attached, ...kept };
      const count = Number(take("count", "1"));
      const request = {
        action: take("action", "CLUSTER_SCALE_IN"),
        size: size - count,
        count,
        remaining: size - count,
        nodes: nodes.slice(0, count).map(({ id }) => id),
      };
      return { ...attached, ...kept, phase: take("phase", "before"), request };
    }
    case "sources":
      return { cursor: json(take("cursor", "null")) };
    case "notifiers": {
      const level = take("level", "INFO");
      const message = take("message", "a notice from the playground");
      const event = {
        name: take("event", "playground.notice"),
        level,
        message,
        time: Date.now(),
        fields: {},
      };
      return { key, event, arguments: values };
    }
    case "secret_stores":
      return { key };
    case "coordination": {
      const lock = { name: take("name", "try"), owner: take("owner", "try-1") };
      return target.operation === "release" ? lock : { ...lock, ttl: Number(take("ttl", "10000")) };
    }
  }
}

function takeValues(schemas: PropertySchemas, given: Map<string, string>): Values {
  const values: Record<string, Json> = {};
  for (const [name, schema] of Object.entries(schemas)) {
    const text = given.get(name);
    if (text === undefined) continue;
    values[name] = readValue(schema, text);
    given.delete(name);
  }
  return values;
}

/** Text where the schema wants text; numbers with their units; a secret as an environment variable's name; else JSON. */
export function readValue(schema: PropertySchema, text: string): Json {
  if (schema.type === "String") return text;
  if (schema.type === "Secret") return { $secret: text };
  if (["Duration", "Size", "Percent"].includes(schema.type)) {
    const read = readNumber(text);
    if ("value" in read) return read.value;
  }
  return json(text);
}

function json(text: string): Json {
  try {
    return JSON.parse(text) as Json;
  } catch {
    return text;
  }
}

function nameAndText(argument: string): [string, string] {
  const at = argument.indexOf("=");
  if (at < 1)
    throw new PluginError(`"${argument}" is not an argument`, {
      code: "bad-arguments",
      help: "write name=value, with quotes around a value that has blanks",
    });
  return [argument.slice(0, at), argument.slice(at + 1)];
}

function strange(manifest: Manifest, target: CallTarget, name: string): PluginError {
  const known =
    target.kind === "operation"
      ? [
          ...Object.keys(manifest.profiles[target.profile]?.properties ?? {}),
          ...Object.keys(manifest.profiles[target.profile]?.operations[target.operation]?.arguments ?? {}),
          "key",
          "node",
          "physical_id",
        ]
      : target.kind === "function"
        ? [...Object.keys(manifest.functions[target.function]?.arguments ?? {}), "key"]
        : [];
  const near = suggest(name, known);
  return new PluginError(
    `there is no argument "${name}"${near === undefined ? "" : `; did you mean ${near}?`}`,
    {
      code: "bad-arguments",
      ...(known.length === 0 ? {} : { help: `there is: ${known.join(", ")}` }),
    },
  );
}

function onlyOne<T>(all: readonly T[]): T | undefined {
  return all.length === 1 ? all[0] : undefined;
}
