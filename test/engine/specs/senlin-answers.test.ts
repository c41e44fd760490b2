import { readFileSync } from "node:fs";
import { expect, it } from "vitest";
import { policyTypes } from "../../../engine/specs/policy-types.ts";
import { readProperties } from "../../../engine/specs/read-properties.ts";
import { specName } from "../../../engine/specs/spec-type.ts";
import { canonicalJson } from "../../../grammar/canonical-json.ts";
import type { Json } from "../../../grammar/plan.ts";
import type { Manifest, PropertySchemas } from "../../../plugins/sdk/manifest.ts";

/** What Senlin 14's own `common/schema.py` answered to generated properties; one case a line. */
interface Answer {
  readonly type: string;
  readonly given: Json;
  readonly properties?: Json;
  readonly message?: string;
}
const answers = readFileSync(new URL("./senlin-answers.jsonl", import.meta.url), "utf8")
  .trim()
  .split("\n")
  .map((line) => JSON.parse(line) as Answer);

const schemas = new Map<string, PropertySchemas>(
  [...policyTypes].map(([name, { properties }]) => [name, properties]),
);
const { profiles } = JSON.parse(readFileSync("plugins/openstack_test/plugin.json", "utf8")) as Manifest;
for (const { spec, properties } of Object.values(profiles))
  for (const version of spec?.versions ?? []) schemas.set(specName(spec!.type, version), properties);

/** Python's null is absent here, and its True is the number 1 where a number belongs. */
function plain(value: Json): Json {
  if (Array.isArray(value)) return value.map(plain);
  if (typeof value !== "object" || value === null) return typeof value === "boolean" ? Number(value) : value;
  const there = Object.entries(value).filter(([, item]) => item !== null);
  return Object.fromEntries(there.map(([name, item]) => [name, plain(item)]));
}

it("reads properties as Senlin itself does, or refuses them in its words", () => {
  expect(answers.length).toBeGreaterThan(300);
  for (const { type, given, properties, message } of answers) {
    const read = readProperties(schemas.get(type)!, given);
    const about = `${type} ${JSON.stringify(given)}`;
    if (message !== undefined) expect(read, about).toEqual({ ok: false, message });
    else
      expect(read.ok && canonicalJson(plain(read.properties)), about).toBe(canonicalJson(plain(properties!)));
  }
});
