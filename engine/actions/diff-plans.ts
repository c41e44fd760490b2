import type { Json, Plan, PlanParameter, PlanPlugin, PlanPolicy } from "../../grammar/plan.ts";
import type { PropertySchema, PropertySchemas } from "../../grammar/plugin-schema.ts";
import type { Position } from "../../grammar/spans.ts";
import { clusterFacts } from "./cluster-facts.ts";
import { describeTrigger } from "./describe-trigger.ts";
import { type AttributeChange, attributeChanges, sameJson } from "./profile-spec.ts";

/** One difference between a program and what is there, as people are told. */
export interface Change {
  readonly kind: "plugin" | "secret" | "profile" | "policy" | "action" | "trigger" | "cluster";
  readonly name: string;
  /** `replace`: all its nodes are made anew. `keep`: it stays though the program no longer names it. */
  readonly change: "create" | "update" | "replace" | "keep" | "delete";
  readonly attributes: readonly AttributeChange[];
  readonly note?: string;
}

/** What differs between two plans of a program, whatever is there now. */
export function diffPlans(
  before: Plan | null,
  after: Plan,
  propertiesOf?: Parameters<typeof diffParts>[2],
): Change[] {
  const facts = (plan: Plan | null) => {
    const clusters = Object.entries(plan?.clusters ?? {}).map(([name, spec]) => {
      const rest = { metadata: spec.labels, policies: spec.policies, overrides: spec.overrides ?? {} };
      const told = plan === null ? {} : clusterFacts(plan, spec.size, spec.minimum, spec.maximum ?? -1, rest);
      return [name, { profile: spec.profile, ...told }] as const;
    });
    return new Map<string, Record<string, Json>>(clusters);
  };
  const [from, to] = [facts(before), facts(after)];
  const clusters = [...new Set([...from.keys(), ...to.keys()])].sort().flatMap((name): Change[] => {
    const change = !from.has(name) ? "create" : to.has(name) ? "update" : "delete";
    const attributes = change === "delete" ? [] : attributeChanges(from.get(name) ?? {}, to.get(name) ?? {});
    return change === "update" && attributes.length === 0
      ? []
      : [{ kind: "cluster", name, change, attributes }];
  });
  return [...diffParts(before, after, propertiesOf), ...clusters];
}

/** What differs between two plans of a program, clusters left out; moving a text down is no difference. */
export function diffParts(
  before: Plan | null,
  after: Plan,
  /** Schemas of profile types' properties, by the plugin's hash and the type's name in it. */
  propertiesOf: (pluginHash: string, type: string) => PropertySchemas | null = () => null,
): Change[] {
  return [
    ...partChanges("plugin", before?.plugins, after.plugins, pluginFacts),
    ...partChanges("secret", before?.secrets, after.secrets, (secret) => {
      const from = secret.source === "store" ? `${secret.use.name}.${secret.store}` : secret.source;
      return { from: `${from}(${JSON.stringify(secret.key)})` };
    }),
    ...partChanges("profile", before?.profiles, after.profiles, (profile) => {
      return { type: `${profile.plugin}.${profile.type}`, ...profile.properties };
    }).map((change) => {
      const profile = after.profiles[change.name];
      const hash = after.plugins[profile?.plugin ?? ""]?.hash ?? "";
      const schema = propertiesOf(hash, profile?.type ?? "");
      return { ...change, attributes: change.attributes.map((attribute) => typed(attribute, schema)) };
    }),
    ...partChanges("policy", ownPolicies(before), ownPolicies(after), policyFacts),
    ...partChanges("action", ownActions(before, false), ownActions(after, false), (action, plan) => {
      const { doc, parameters, result } = action;
      return { doc, parameters: signature(parameters), result, body: sourceOf(plan, action.at) };
    }),
    ...partChanges("trigger", triggers(before), triggers(after), ({ trigger, action }, plan) => {
      return { starts: describeTrigger(trigger), body: sourceOf(plan, action.at) };
    }),
  ];

  function partChanges<Part>(
    kind: Change["kind"],
    from: Readonly<Record<string, Part>> = {},
    to: Readonly<Record<string, Part>>,
    facts: (part: Part, plan: Plan) => Record<string, Json>,
  ): Change[] {
    const names = [...new Set([...Object.keys(from), ...Object.keys(to)])].sort();
    return names.flatMap((name): Change[] => {
      const [old, now] = [from[name], to[name]];
      if (old === undefined && now !== undefined)
        return [{ kind, name, change: "create", attributes: brief(kind, facts(now, after)) }];
      if (now === undefined) return [{ kind, name, change: "delete", attributes: [] }];
      if (old === undefined || before === null || sameJson(withoutPlaces(old), withoutPlaces(now))) return [];
      const attributes = attributeChanges(facts(old, before), facts(now, after));
      if (kind === "plugin" && attributes.length === 0) return []; // the same bundle, found by another path
      return [{ kind, name, change: "update", attributes }];
    });
  }
}

/** An attribute with its type's name; what stands in a Secret's place and is no handle is not told. */
export function typed(change: AttributeChange, schema: PropertySchemas | null): AttributeChange {
  const property = schema?.[change.name];
  if (property === undefined) return change;
  const type = typeName(property);
  if (type !== "Secret") return { ...change, type };
  return { ...change, type, from: handleOnly(change.from), to: handleOnly(change.to) };
}

function typeName(schema: PropertySchema): string {
  return schema.of === undefined ? schema.type : `${schema.type}<${typeName(schema.of)}>`;
}

/** A secret's handle names it; anything else that stands there may be its value. */
function handleOnly(value: Json): Json {
  if (value === null) return null;
  return typeof value === "object" && "$secret" in value ? value : { $secret: "" };
}

/** What is new is described in short: its text stands in the program. */
function brief(kind: Change["kind"], facts: Record<string, Json>): AttributeChange[] {
  if (kind === "policy" || kind === "action") return [];
  const { body: _, ...rest } = facts;
  return attributeChanges({}, rest);
}

function pluginFacts(plugin: PlanPlugin): Record<string, Json> {
  const { name, version, tier, hash, settings } = plugin;
  const allow = plugin.grants.map((grant) => [grant.capability, grant.target].filter(Boolean).join(" "));
  const named = Object.entries(settings).map(([setting, value]) => [`with.${setting}`, value]);
  return { name, version, tier, bundle: hash.slice(0, 12), allow, ...Object.fromEntries(named) };
}

function policyFacts(policy: PlanPolicy, plan: Plan): Record<string, Json> {
  const hooks = policy.hooks.map((hook) => {
    return [`${hook.phase} ${hook.actions.join(", ")}`, sourceOf(plan, hook.at)] as const;
  });
  return { doc: policy.doc, parameters: signature(policy.parameters), ...Object.fromEntries(hooks) };
}

function signature(parameters: readonly PlanParameter[]): string {
  const shown = parameters.map((parameter) => {
    const { bounds } = parameter;
    const range = bounds === undefined ? "" : ` in ${bounds.minimum}..${bounds.maximum}`;
    const value = parameter.default === undefined ? "" : ` = ${JSON.stringify(parameter.default)}`;
    return `${parameter.name}: ${parameter.type}${range}${value}`;
  });
  return `(${shown.join(", ")})`;
}

function ownActions(plan: Plan | null, trigger: boolean): Plan["actions"] {
  const own = Object.entries(plan?.actions ?? {}).filter(
    ([, action]) => !action.builtin && action.trigger === trigger,
  );
  return Object.fromEntries(own);
}

function triggers(plan: Plan | null) {
  const actions = ownActions(plan, true);
  const named = Object.entries(plan?.triggers ?? {}).flatMap(([name, trigger]) => {
    const action = actions[name];
    return action === undefined ? [] : [[name, { trigger, action }] as const];
  });
  return Object.fromEntries(named);
}

/** The lines that a part of a plan was written on. */
function sourceOf(plan: Plan, at: Position): string {
  const lines = plan.files[at.file]?.lines ?? {};
  const source: string[] = [];
  for (let line = at.line; line <= at.endLine; line += 1) source.push(lines[line] ?? "");
  return source.join("\n");
}

/** A part of a plan without source positions. */
export function withoutPlaces(value: unknown): Json {
  if (Array.isArray(value)) return value.map(withoutPlaces);
  if (typeof value !== "object" || value === null) return value as Json;
  const fields = Object.entries(value).filter(
    ([name, of]) => !(name === "at" && isPlace(of)) && of !== undefined,
  );
  return Object.fromEntries(fields.map(([name, of]) => [name, withoutPlaces(of)]));
}

function isPlace(value: unknown): boolean {
  return typeof value === "object" && value !== null && "line" in value && "endColumn" in value;
}

/** Those that a program declares: the library's are the same in every plan. */
function ownPolicies(plan: Plan | null): Plan["policies"] {
  const own = Object.entries(plan?.policies ?? {}).filter(([, policy]) => policy.builtin !== true);
  return Object.fromEntries(own);
}
