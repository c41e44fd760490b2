import type { Manifest, ProfileCapability, ProfileTypeSchema, StandardOperation } from "./manifest.ts";

/** What a profile type's capabilities, batch and hints promise and its manifest lacks. */
export function* profileContradictions(m: Manifest, p: ProfileTypeSchema, at: string): Generator<string> {
  for (const capability of p.capabilities ?? []) {
    const missing = missingFor[capability](p, m);
    if (missing !== undefined)
      yield `${at}.capabilities has "${capability}" without ${missing}; add it, or remove the capability`;
  }
  for (const operation of Object.keys(p.batch ?? {}) as StandardOperation[])
    if (p.operations[operation] === undefined)
      yield `${at}.batch has "${operation}", which is not among its operations; declare it there`;
  if (p.batch !== undefined && p.capabilities?.includes("batch") !== true)
    yield `${at} has "batch" without the capability; write "capabilities": ["batch"]`;
  for (const look of ["find", "get"] as const)
    if (p.operations[look]?.long === true)
      yield `${at}.operations.${look} is long; it only looks and has to answer at once: remove "long"`;
  if (p.health?.kinds !== undefined && !looksByKind(p))
    yield `${at}.health has "kinds" without an operation "check_health" with a required String "kind" and a Record as its result; add it`;
  for (const [field, given, result] of lookUps) {
    const name = p[field];
    const f = m.functions[name ?? ""];
    if (name === undefined || (f?.result?.type === result && given.every((each) => f.arguments?.[each])))
      continue;
    const asked = given.map((each) => `"${each}"`).join(" and ");
    yield `${at}.${field} is "${name}"; name a function of ${asked} whose result is a ${result}`;
  }
  for (const hint of ["price", "quota"] as const) {
    const name = p.hints?.[hint];
    if (name === undefined) continue;
    const type = m.functions[name]?.result?.type;
    if (type !== undefined && hintTypes[hint].includes(type)) continue;
    const problem = m.functions[name] === undefined ? "is no function here" : "has another result";
    yield `${at}.hints.${hint} is "${name}", which ${problem}; name a function whose result is ${hintTypes[hint].join(" or ")}`;
  }
}

/** What things of the other kinds say that the rest of the manifest doesn't. */
export function* kindContradictions(m: Manifest): Generator<string> {
  for (const [name, source] of Object.entries(m.sources ?? {}))
    for (const event of source.events)
      if (!Object.hasOwn(m.events, event))
        yield `sources.${name}.events has "${event}", which is not declared; declare it under events`;
}

/** Functions that a profile type names, each with the arguments that it's given and its result. */
const lookUps = [
  ["validate", ["properties", "name"], "List"],
  ["adopt_preview", ["physical_id"], "Map"],
] as const;

function looksByKind(p: ProfileTypeSchema): boolean {
  const { arguments: given = {}, result } = p.operations["check_health"] ?? {};
  return given["kind"]?.type === "String" && given["kind"].required === true && result?.type === "Record";
}

/** A node's price an hour; how many more nodes there may be. */
const hintTypes = { price: ["Float", "Record"], quota: ["Int", "Record"] };

type Lack = (p: ProfileTypeSchema, m: Manifest) => string | undefined;

const operation =
  (name: string): Lack =>
  (p) =>
    p.operations[name] === undefined ? `an operation "${name}"` : undefined;

const missingFor: Readonly<Record<ProfileCapability, Lack>> = {
  suspend: operation("suspend"),
  resume: operation("resume"),
  resize: operation("resize"),
  rebuild: operation("rebuild"),
  snapshot: (p) =>
    p.operations["snapshot"]?.result?.type === "String"
      ? undefined
      : 'an operation "snapshot" whose result is a String, its id',
  adopt: (p) => {
    const id = p.operations["adopt"]?.arguments?.["physical_id"];
    return id?.type === "String" && id.required === true
      ? undefined
      : 'an operation "adopt" with a required String "physical_id"';
  },
  details: (p) =>
    p.operations["details"]?.result?.type === "Map"
      ? undefined
      : 'an operation "details" whose result is a Map',
  membership: (p) => {
    const { cluster_id, index } = p.operations["join"]?.arguments ?? {};
    const joins = cluster_id?.type === "String" && index?.type === "Int";
    return joins && p.operations["leave"] !== undefined
      ? undefined
      : 'operations "join" with a String "cluster_id" and an Int "index", and "leave"';
  },
  forced_delete: () => undefined, // every profile type has delete
  batch: (p) => (p.batch === undefined ? '"batch", which names the operations' : undefined),
  events: (_, m) => (Object.keys(m.events).length === 0 ? "events in the manifest" : undefined),
};
