import type pg from "pg";
import { suggest } from "../../grammar/diagnostics/suggest.ts";
import { readNumber } from "../../grammar/parse/number-literal.ts";
import type { Json } from "../../grammar/plan.ts";
import { checkProperties } from "../../plugins/sdk/check-values.ts";
import type { Manifest, PropertySchema, PropertySchemas } from "../../plugins/sdk/manifest.ts";
import { findPluginNamed, findPlugins, type PluginRow } from "../store/plugins.ts";
import { addSourceEvent } from "../store/source-events.ts";
import { listListeners } from "../store/triggers.ts";
import { Refusal } from "./refusal.ts";

/** What happened outside, as a plugin's event. */
export interface TakenEvent {
  readonly projectId: string;
  /** The plugin's own name. */
  readonly plugin: string;
  readonly event: string;
  readonly fields: Readonly<Record<string, Json>>;
  /** The sender's own key: a repeat with it is taken once. */
  readonly key: string | null;
}

/**
 * Takes an event in, checked against what the plugin's manifest says of it. Returns how many listeners the project has
 * for it; without any it is let go. Numbers with a unit may be text: `"5m"`.
 */
export async function takeEvent(pool: pg.Pool, q: TakenEvent): Promise<{ readonly listeners: number }> {
  if (q.plugin === "coppice")
    throw new Refusal(
      "invalid",
      "own-event",
      "coppice's events are the engine's own: nobody else may send one",
    );
  const listeners = await listListeners(pool, { projectId: q.projectId, source: q.plugin, event: q.event });
  const hash = listeners.at(-1)?.plugin_hash;
  const [used] = hash == null ? [] : await findPlugins(pool, { hashes: [hash] });
  const plugin = used ?? (await findPluginNamed(pool, { name: q.plugin }));
  if (plugin === null)
    throw new Refusal(
      "not-found",
      "plugin-not-found",
      `there is no plugin "${q.plugin}"`,
      "list them with: coppice plugin list",
    );
  const fields = checkedFields(q, eventFields(plugin, q.event));
  if (listeners.length > 0) {
    const { projectId, plugin: source, event, key } = q;
    await addSourceEvent(pool, { projectId, source, event, fields, key });
  }
  return { listeners: listeners.length };
}

function eventFields(plugin: PluginRow, event: string): PropertySchemas {
  const { events = {} } = plugin.manifest as unknown as Partial<Manifest>; // checked when it came in
  const found = Object.hasOwn(events, event) ? events[event] : undefined;
  if (found !== undefined) return found.fields;
  const names = Object.keys(events);
  const near = suggest(event, names);
  throw new Refusal(
    "not-found",
    "event-not-found",
    `plugin "${plugin.name}" has no event "${event}"`,
    near === undefined ? `it has: ${names.join(", ") || "none"}` : `did you mean "${near}"?`,
  );
}

function checkedFields(q: TakenEvent, schemas: PropertySchemas): Readonly<Record<string, Json>> {
  const given = Object.entries(q.fields).map(([name, value]) => {
    const schema = Object.hasOwn(schemas, name) ? schemas[name] : undefined;
    return [name, schema === undefined ? value : fromText(schema, value)] as const;
  });
  const checked = checkProperties(schemas, Object.fromEntries(given));
  if (checked.ok) return withAbsent(schemas, checked.value);
  const said = checked.problems.map((problem) => `${problem.path} ${problem.message}`).join("; ");
  throw new Refusal("invalid", "bad-event", `${q.plugin}.${q.event}: ${said}`);
}

/** A field that may be absent is `none` in a program. */
function withAbsent(schemas: PropertySchemas, fields: Readonly<Record<string, Json>>): Record<string, Json> {
  return { ...Object.fromEntries(Object.keys(schemas).map((name) => [name, null])), ...fields };
}

/** What people write for a value that is no String: `3`, `true`, `5m`. Anything else is left for the check to refuse. */
function fromText(schema: PropertySchema, value: Json): Json {
  if (typeof value !== "string" || schema.type === "String" || schema.type === "Any") return value;
  if (schema.type === "Duration" || schema.type === "Size" || schema.type === "Percent") {
    const read = readNumber(value);
    return "value" in read && read.type === schema.type ? read.value : value;
  }
  try {
    return JSON.parse(value) as Json;
  } catch {
    return value;
  }
}
