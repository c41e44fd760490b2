import type { Json } from "../../grammar/plan.ts";
import { type Checked, checkProperties, checkValue } from "../../plugins/sdk/check-values.ts";
import { type Manifest, type PropertySchemas, standardOperations } from "../../plugins/sdk/manifest.ts";
import { type CallTarget, targetName } from "./call-target.ts";
import { targetSchema } from "./check-call.ts";
import { HostFailure } from "./plugin-host.ts";

const created: PropertySchemas = {
  physicalId: { type: "String", required: true, pattern: "[^\\u0000]{1,255}" },
};
const observed: PropertySchemas = {
  exists: { type: "Bool", required: true },
  running: { type: "Bool", required: true },
  healthy: { type: "Bool", required: true },
  detail: { type: "String" },
};
const record: PropertySchemas = { data: { type: "Any" }, nodes: { type: "Map", of: { type: "Any" } } };
const decision: PropertySchemas = {
  ...record,
  deny: { type: "String" },
  warn: { type: "String" },
  limit: { type: "Int", minimum: 0 },
  choose: { type: "List", of: { type: "String" } },
  batch: {
    type: "Record",
    fields: {
      size: { type: "Int", required: true, minimum: 1 },
      pause: { type: "Duration", default: 0, minimum: 0 },
      window: { type: "Int", minimum: 1 },
      rows: { type: "Int", minimum: 1 },
    },
  },
  place: {
    type: "Map",
    of: {
      type: "Record",
      fields: {
        across: { type: "List", required: true, of: { type: "String" } },
        weights: { type: "Map", of: { type: "Float", minimum: 0 }, default: {} },
      },
    },
  },
};
/** Bytes of JSON that a policy type may keep. */
const keptOfCluster = 64 * 1024;
const keptOfNode = 4 * 1024;
const told: PropertySchemas = {
  cursor: { type: "Any" },
  events: {
    type: "List",
    required: true,
    of: {
      type: "Record",
      fields: {
        name: { type: "String", required: true },
        fields: { type: "Any", default: {} },
        id: { type: "String", required: true, pattern: "[^\\u0000]{1,200}" },
      },
    },
  },
};
const eventsAtMost = 1000;

/** A result as the contract and the manifest promise it; anything else is the plugin's bug. */
export function checkResult(manifest: Manifest, target: CallTarget, value: unknown): Json {
  const result = resultOf(manifest, target, value);
  if (result.ok) return result.value;
  throw pluginBug(
    manifest,
    target,
    `returned what its manifest doesn't say: ${result.problems.map((p) => `${p.path} ${p.message}`).join("; ")}`,
  );
}

/** Of a plugin that breaks the contract: nobody but its author can mend it. */
export function pluginBug(manifest: Manifest, target: CallTarget, what: string): HostFailure {
  const { name, version } = manifest;
  return new HostFailure(`bug in plugin ${name} ${version}: ${targetName(target)} ${what}`, {
    code: "plugin-bug",
    retryable: false,
    help: "tell the plugin's author",
  });
}

function resultOf(manifest: Manifest, target: CallTarget, value: unknown): Checked<Json> {
  const fits = (schemas: PropertySchemas) => checkProperties(schemas, value) as Checked<Json>;
  if (target.kind === "other") return otherResult(manifest, target, value);
  const operation = target.kind === "function" ? "" : target.operation;
  if ((standardOperations as readonly string[]).includes(operation)) {
    if (operation === "create") return fits(created);
    if (operation === "get") return fits(observed);
    if (operation === "delete" || value === null) return nothing(value);
    return fits(created);
  }
  const schema = targetSchema(manifest, target).result;
  return schema === undefined ? nothing(value) : checkValue(schema, value, "result");
}

function otherResult(
  manifest: Manifest,
  target: CallTarget & { kind: "other" },
  value: unknown,
): Checked<Json> {
  switch (target.of) {
    case "policies":
      return policyAnswer(manifest, target, value);
    case "sources":
      return checkTold(manifest, target.name, value);
    case "notifiers":
      return nothing(value);
    case "secret_stores":
      return secretValue(value);
    case "coordination":
      return target.operation === "release"
        ? nothing(value)
        : checkProperties({ held: { type: "Bool", required: true } }, value);
  }
}

/** A decision, or what is kept; only a type that attaches keeps anything. */
function policyAnswer(manifest: Manifest, q: CallTarget & { kind: "other" }, value: unknown): Checked<Json> {
  if (q.operation === "detach") return nothing(value);
  const answer = checkProperties(q.operation === "attach" ? record : decision, value);
  if (!answer.ok) return answer;
  const { data, nodes } = answer.value as { data?: Json; nodes?: Readonly<Record<string, Json>> };
  if ((data !== undefined || nodes !== undefined) && manifest.policies?.[q.name]?.attaches !== true)
    return bad(data === undefined ? "nodes" : "data", 'is kept by types only whose manifest says "attaches"');
  if (bytesOf(data) > keptOfCluster) return bad("data", `takes more than ${keptOfCluster / 1024} KiB`);
  for (const [id, kept] of Object.entries(nodes ?? {}))
    if (bytesOf(kept) > keptOfNode) return bad(`nodes.${id}`, `takes more than ${keptOfNode / 1024} KiB`);
  return answer;
}

function bytesOf(value: Json | undefined): number {
  return value === undefined ? 0 : Buffer.byteLength(JSON.stringify(value));
}

/** A source may tell of the events that it lists, with the fields that the manifest gives them. */
function checkTold(manifest: Manifest, source: string, value: unknown): Checked<Json> {
  const answer = checkProperties(told, value);
  if (!answer.ok) return answer;
  const given = answer.value["events"] as readonly { name: string; fields: Json; id: string }[];
  if (given.length > eventsAtMost)
    return bad("events", `are ${given.length}; at most ${eventsAtMost} in one answer`);
  const events: Json[] = [];
  for (const [i, event] of given.entries()) {
    const listed = manifest.sources?.[source]?.events.includes(event.name);
    if (!listed) return bad(`events[${i}].name`, `is "${event.name}", which this source doesn't list`);
    const fields = checkProperties(manifest.events[event.name]?.fields ?? {}, event.fields);
    if (!fields.ok)
      return {
        ok: false,
        problems: fields.problems.map((p) => ({ ...p, path: `events[${i}].fields.${p.path}` })),
      };
    events.push({ ...event, fields: fields.value });
  }
  return { ok: true, value: { cursor: answer.value["cursor"] ?? null, events } };
}

/** Never shown, whatever it is. */
function secretValue(value: unknown): Checked<Json> {
  const found = typeof value === "object" && value !== null && "value" in value ? value.value : undefined;
  return typeof found === "string" ? { ok: true, value: { value: found } } : bad("value", "is not a text");
}

function nothing(value: unknown): Checked<Json> {
  return value === null ? { ok: true, value: null } : bad("result", "is there, and there should be none");
}

function bad(
  path: string,
  message: string,
): { readonly ok: false; readonly problems: { path: string; message: string }[] } {
  return { ok: false, problems: [{ path, message }] };
}
