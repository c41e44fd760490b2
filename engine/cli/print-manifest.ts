import { type OtherKind, otherKinds } from "../../plugins/sdk/kinds.ts";
import type { Manifest, PropertySchemas } from "../../plugins/sdk/manifest.ts";
import type { Output } from "./output.ts";

/** What a plugin offers and what it needs, for people. */
export function printManifest(manifest: Manifest, output: Output): void {
  const { bold, dim } = {
    bold: (text: string) => output.paint("bold", text),
    dim: (text: string) => output.paint("dim", text),
  };
  const tier =
    manifest.tier === "commands" ? output.paint("yellow", "runs commands on the host") : manifest.tier;
  output.line(`${bold(`${manifest.name} ${manifest.version}`)}  ${tier}`);
  output.line(manifest.description);
  for (const [name, profile] of Object.entries(manifest.profiles)) {
    output.line(`\nprofile ${bold(name)}${profile.doc ? `  ${dim(profile.doc)}` : ""}`);
    for (const [property, schema] of Object.entries(profile.properties)) {
      output.line(
        `  ${property}: ${schema.type}${schema.required ? "" : "?"}${schema.doc ? `  ${dim(schema.doc)}` : ""}`,
      );
    }
    output.line(`  operations: ${Object.keys(profile.operations).join(", ")}`);
    if (profile.capabilities !== undefined) output.line(`  can: ${profile.capabilities.join(", ")}`);
  }
  for (const [name, schema] of Object.entries(manifest.functions)) {
    output.line(`\nfunction ${bold(name)}${schema.doc ? `  ${dim(schema.doc)}` : ""}`);
  }
  for (const [name, event] of Object.entries(manifest.events)) {
    const fields = Object.entries(event.fields).map(
      ([field, { type, required }]) => `${field}: ${type}${required ? "" : "?"}`,
    );
    output.line(`\nevent ${bold(name)}(${fields.join(", ")})${event.doc ? `  ${dim(event.doc)}` : ""}`);
  }
  for (const kind of otherKinds) {
    for (const [name, thing] of Object.entries(manifest[kind] ?? {}) as [string, AnyThing][]) {
      const given = Object.keys(thing.arguments ?? {});
      const more = thing.events ?? given;
      output.line(
        `\n${kindWords[kind]} ${bold(name)}${more.length > 0 ? `(${more.join(", ")})` : ""}${thing.doc ? `  ${dim(thing.doc)}` : ""}`,
      );
    }
  }
  if (manifest.needs.length > 0) output.line("\nneeds");
  for (const need of manifest.needs)
    output.line(`  allow ${need.capability}${need.target ? ` "${need.target}"` : ""}  ${dim(need.why)}`);
}

interface AnyThing {
  readonly doc?: string;
  readonly arguments?: PropertySchemas;
  readonly events?: readonly string[];
}

const kindWords: Readonly<Record<OtherKind, string>> = {
  policies: "policy type",
  sources: "event source",
  notifiers: "notifier",
  secret_stores: "secret store",
  coordination: "coordination backend",
};
